"""How the interlocks of a step act: bounds, patience, and what follows. A step may change them within limits."""

from dataclasses import dataclass

from ruggli.protocol.model import InterlockAction
from ruggli.quantities.base import Kelvin, KelvinPerSecond, Seconds


@dataclass(frozen=True, slots=True)
class Rule:
    """How one interlock acts once its bound is broken.

    Attributes:
        patience: how long the bound has to be broken.
        action: what follows.
    """

    patience: Seconds
    action: InterlockAction = InterlockAction.HOLD


@dataclass(frozen=True, slots=True)
class Rules:
    """The interlocks of one step. The bounds in degC of `hot` and `cold` are those of its guard.

    Attributes:
        hot: vessel or plate too hot (T04).
        cold: vessel too cold while something flows (T12).
        stirring: stirrer too slow (T13).
        probe: no believable reading, or a probe out of the flask (T06, T07).
        frozen: readings that stand still (T08).
        heating: no gain of temperature (T09); its patience is the time in which `gain` is due.
        gain: see `heating`.
        runaway: heat that no heater gives (T11).
        above_plate: how much hotter than its plate a vessel may be.
        ramp: how fast a settled vessel may warm.
        quench: a vessel that warms up during a quench (T16).
        quench_rise: by how much it may.
    """

    hot: Rule = Rule(Seconds(5.0))
    cold: Rule = Rule(Seconds(3.0))
    stirring: Rule = Rule(Seconds(2.0))
    probe: Rule = Rule(Seconds(1.0))
    frozen: Rule = Rule(Seconds(1800.0))
    heating: Rule = Rule(Seconds(180.0))
    gain: Kelvin = Kelvin(2.0)
    runaway: Rule = Rule(Seconds(30.0))
    above_plate: Kelvin = Kelvin(5.0)
    ramp: KelvinPerSecond = KelvinPerSecond(3.0 / 60)
    quench: Rule = Rule(Seconds(1.0))
    quench_rise: Kelvin | None = None


STANDARD = Rules()
"""What holds where a step says nothing."""
