"""From what a step asks of an interlock to what the engine does."""

from dataclasses import replace

from ruggli.engine.alarm import Action, Alarm
from ruggli.protocol.model import InterlockAction

_PLAIN = {
    InterlockAction.NONE: Action.NONE,
    InterlockAction.WAIT: Action.WAIT,
    InterlockAction.HOLD: Action.HOLD,
    InterlockAction.STOP: Action.STOP,
    InterlockAction.ABORT: Action.ABORT,
}
_HEAT_OFF = {**_PLAIN, InterlockAction.HOLD: Action.HOLD_HEAT_OFF, InterlockAction.STOP: Action.STOP_HEAT_OFF}


def reacting(alarm: Alarm, action: InterlockAction) -> Alarm:
    """The alarm with the action that the step asks for; where its heat goes off, it does so in every action but `none`.

    Args:
        alarm: with the action that goes with `hold`.
        action: what the step asks for.
    """
    if action is InterlockAction.HOLD:
        return alarm
    table = _HEAT_OFF if alarm.action is Action.HOLD_HEAT_OFF else _PLAIN
    return replace(alarm, action=table[action])
