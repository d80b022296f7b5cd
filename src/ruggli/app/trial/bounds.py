"""How soon a fault must have its effect.

Reliability section 3, counted from the physical fault, with the time that it takes to be seen over a line that is asked
every second.
"""

from collections.abc import Mapping
from types import MappingProxyType

FLOW: Mapping[str, float] = MappingProxyType(
    {
        "stall": 4.0,
        "silent-stall": 75.0,
        "slow": 75.0,
        "unplug": 4.0,
        "lost-reply": 10.0,
        "late-reply": 10.0,
        "cut-reply": 10.0,
        "garbled-reply": 12.0,
        "babble": 12.0,
        "lost-command": 13.0,
        "power-off": 10.0,
        "power-cycle": 5.0,
        "swap-ports": 66.0,
        "wrong-diameter": 66.0,
        "wrong-direction": 66.0,
        "pump-panel": 6.0,
        "stirrer-stop": 5.0,
        "over-temperature": 3600.0,
        "probe-broken": 8.0,
        "disk-full": 10.0,
        "sync-fails": 10.0,
        "terminate": 4.0,
        "interrupt": 4.0,
        "driver-raises": 6.0,
        "driver-hangs": 14.0,
        "suspend": 13.0,
        "hang": 13.0,
        "kill": 13.0,
    }
)
"""Seconds after which nothing may flow any more, from a fault that lasts and strikes a device that matters.

Without a controller the pumps' dead-man of 10 s acts, or a guardian before it: `GUARDED`."""

GUARDED = 3.5
"""Seconds after which nothing flows once a guardian has begun to stop what can hear it."""

DEAF = frozenset(
    (
        "unplug",
        "lost-reply",
        "late-reply",
        "cut-reply",
        "garbled-reply",
        "babble",
        "lost-command",
        "power-off",
        "swap-ports",
    )
    + ("driver-raises", "driver-hangs", "ignored-command")
)
"""Faults after which the struck device itself may not hear a stop: its own dead-man has to end it."""

DEAF_BOUND = 13.0
"""Seconds after which a device that does not hear has stopped by its dead-man of 10 s."""

COUNTED = frozenset({"lost-reply", "late-reply", "cut-reply", "garbled-reply", "doubled-reply", "lost-command"})
"""Faults of single replies: without a duration they pass."""

UNFELT = frozenset({"clock-step", "second-controller"})
"""Faults of which a run must not even notice anything: an alarm in a night with no others is a false one."""

RATE_SLACK = 1.02
"""How much faster than planned a plunger may be: what a pump can hold of a rate lies far within (D20, rule 10)."""

OTHER_RATE = frozenset({"wrong-diameter", "swap-ports", "leak", "power-cycle", "power-off"})
"""Faults after which a pump may push at another rate than it was told, until that is found."""

ENDS = frozenset({"terminate", "interrupt"})
"""Faults that ask the program to end: they are over at once, and what they ask for is not."""

NO_CONTROLLER = frozenset({"suspend", "hang", "kill"})

HEAT_DEAD_MAN_SLACK = 2.0
"""Seconds beyond a plate's own dead-man within which it has to act."""

STIR_FAULTS = frozenset(
    ("stirrer-stop", "stirrer-slip", "power-off", "power-cycle", "panel", "probe-broken", "lost-command", "swap-ports")
    + (
        "unplug",
        "replug",
        "babble",
        "lost-reply",
        "driver-raises",
        "driver-hangs",
        "over-temperature",
        "heater-stuck",
        "heater-dead",
    )
)
"""Faults after which a plate may stand although nobody has told it to: by themselves, or because a person mends them by
switching it off and on."""

ALARMS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "stall": frozenset({"A-STALL"}),
        "short-fill": frozenset({"A-STALL"}),
        "silent-stall": frozenset({"A-PROGRESS"}),
        "unplug": frozenset({"A-LINK", "A-STOP-UNPROVED"}),
        "babble": frozenset({"A-LINK", "A-STOP-UNPROVED"}),
        "stirrer-stop": frozenset({"A-STIR"}),
        "over-temperature": frozenset(
            {"A-OVER-TEMPERATURE", "A-RUNAWAY", "A-GATE", "A-QUENCH", "A-PROBE", "A-NOT-COOLING"}
        ),
        "pump-panel": frozenset({"A-PANEL"}),
        "heater-dead": frozenset({"A-NOT-HEATING", "A-COLD"}),
    }
)
"""What an alarm may be called that comes first after the only fault of a night."""

STIR_BOUND = 5.0
"""Seconds that a feed may go on without stirring (T13)."""

COLD_BOUND = 8.0
"""Seconds that a feed may go on with a probe below its bound (T12)."""

WAKING = 4.0
"""Seconds in which a program that slept sees that it did, and has stopped what flows."""

STANDS_BOUND = 1800.0
"""Seconds within which a reading that stands still, or a cut probe that goes on telling, has to be found (T08)."""

HOT_BOUND = 10.0
"""Seconds that the heater may stay on with a probe above its bound (T04)."""

ANSWER_BOUND = 15.0
"""Seconds after the end of a question's time within which what the protocol says for silence has begun (I16)."""

READ_BY_EYE = 2e-4
"""mL; a person tells what left a syringe with four decimals."""

LONGEST_TAKES = 600.0
"""Seconds that answering may take where the plan does not have the question."""

MOST_VIOLATIONS = 20
"""After so many a night is bad enough."""
