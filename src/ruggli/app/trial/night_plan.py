"""What happens in a night, as data."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ruggli.app.trial.person import Habits
from ruggli.quantities.base import Seconds


@dataclass(frozen=True, slots=True)
class NightPlan:
    """What happens in a night, as data.

    Attributes:
        scenario: its name.
        faults: fault objects, of the bench and of the computer's side.
        seed: for the noise of sensors, and for whatever else is left to chance.
        habits: of the person.
        guardian: whether a guardian watches the program.
        auto_restart: whether devices go on by themselves when their power returns (PF of a New Era, mode B of an IKA).
    """

    scenario: str
    faults: tuple[Mapping[str, Any], ...] = ()
    seed: int = 0
    habits: Habits = Habits()
    guardian: bool = False
    auto_restart: bool = False

    def as_json(self) -> dict[str, Any]:
        """Plain JSON data; `night_plan` reads it."""
        habits = self.habits
        return {
            "scenario": self.scenario,
            "seed": self.seed,
            "guardian": self.guardian,
            "auto_restart": self.auto_restart,
            "habits": {
                "answers_after_s": habits.answers_after,
                "comes_after_s": habits.comes_after,
                "resumes": habits.resumes,
            },
            "faults": [dict(fault) for fault in self.faults],
        }


def night_plan(data: Mapping[str, Any]) -> NightPlan:
    """A plan from plain JSON data."""
    told = data.get("habits", {})
    usual = Habits()
    habits = Habits(
        Seconds(told.get("answers_after_s", usual.answers_after)),
        Seconds(told.get("comes_after_s", usual.comes_after)),
        int(told.get("resumes", usual.resumes)),
    )
    return NightPlan(
        str(data["scenario"]),
        tuple(data["faults"]),
        int(data.get("seed", 0)),
        habits,
        bool(data.get("guardian", False)),
        bool(data.get("auto_restart", False)),
    )
