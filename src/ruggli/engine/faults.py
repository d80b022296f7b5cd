"""From an error of a device or a line to the alarm that names it."""

from ruggli.engine.alarm import Action, Alarm
from ruggli.engine.bench import Trouble
from ruggli.engine.interlocks import LINK_SECONDS, link_alarm
from ruggli.engine.orders import Outcome, Verb
from ruggli.errors import DeviceAlarm, LinkError, NotRunning, WrongDevice
from ruggli.quantities.base import Seconds

ALARM_CODES = {"stall": "A-STALL", "power": "A-POWER", "dead-man": "A-DEADMAN"}
SAME_SET_POINT = 0.6
"""A set point that differs by no more (K) is the one that was sent: the plate holds whole degrees."""


AWAY_SECONDS = 5.0
"""What is done later than this was not ours to delay: the computer slept (reliability rule 9)."""


def alarm_of(outcome: Outcome) -> Alarm:
    """What a failed order means."""
    error, order = outcome.error, outcome.order
    told = f"{order.verb.value} {' '.join(f'{value:g}' for value in order.args)}".strip()
    if isinstance(error, DeviceAlarm):
        code = ALARM_CODES.get(error.kind, "A-PUMP")
        return Alarm(code, order.device, str(error), error.kind, "no alarm")
    if isinstance(error, NotRunning):
        text, bound = "the pump stands after its start: somebody at its panel", "infusing"
        return Alarm("A-PANEL", order.device, f"{text} ({error})", "at rest", bound)
    if isinstance(error, LinkError):
        code = "A-STOP-UNPROVED" if order.verb in (Verb.STOP, Verb.HEAT_OFF) else "A-LINK"
        return Alarm(code, order.device, f"no answer to {told}: {error}", "none", "an answer")
    return Alarm("A-REFUSED", order.device, f"{told} was refused: {error}", "refused", "taken")


def late_alarm(device: str, age: Seconds, trouble: Trouble | None) -> Alarm | None:
    """A device that could not be read: at once when its port is gone, after the patience when it is silent."""
    if trouble is not None and isinstance(trouble.error, WrongDevice):
        return Alarm("A-IDENTITY", device, str(trouble.error), "another device", device)
    if trouble is not None and isinstance(trouble.error, DeviceAlarm):
        code = ALARM_CODES.get(trouble.error.kind, "A-PUMP")
        return Alarm(code, device, str(trouble.error), trouble.error.kind, "no alarm", Action.HOLD)
    lost = trouble is not None and trouble.lost
    if lost or age > LINK_SECONDS:
        return link_alarm(device, age, "" if trouble is None else str(trouble.error), lost=lost)
    return None


def away_alarm(gap: float) -> Alarm:
    """Nobody has watched for so many seconds."""
    text = "this computer slept, or this program stood still"
    return Alarm("A-AWAY", "controller", text, f"{gap:.0f} s", f"at most {AWAY_SECONDS:.0f} s")


def panel_alarm(outcome: Outcome) -> Alarm | None:
    """A hotplate that holds another set point than it was told: somebody was at its front panel."""
    settings, told = outcome.value, outcome.set_point
    if told is None or abs(settings.temperature - told) <= SAME_SET_POINT:
        return None
    value, bound = f"{settings.temperature:.1f} degC", f"{told:.1f} degC"
    text = "the set point is not the one that was sent"
    return Alarm("A-PANEL", outcome.order.device, text, value, bound, Action.HOLD_HEAT_OFF)
