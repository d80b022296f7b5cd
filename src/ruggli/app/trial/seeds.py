"""From a seed to the plan of a night, before the night begins."""

from collections.abc import Mapping, Sequence
from typing import Any

from ruggli.app.trial.host import HOST_KINDS
from ruggli.app.trial.matrix import EXPECTED, cells, make_faults
from ruggli.app.trial.night_plan import NightPlan
from ruggli.app.trial.person import Habits
from ruggli.app.trial.phases import Baseline
from ruggli.quantities.base import Seconds
from ruggli.world.chance import Chance

RANDOM_PART = 0.2
"""Part of the seeds that strike anywhere, with several faults; the others go through the matrix cell by cell."""

SEVERAL = 0.6
"""Of those, the part with more than one fault."""

ON_CALL = 0.5
"""Part of the faults of lines and of kills that are placed by a call that makes something happen."""

GUARDED_PART = 0.5
"""Part of the nights in which a guardian watches the program; in the others the dead-men are alone."""

LIKELY_TOGETHER = (
    ("F8", "F7"),
    ("F28", "F10"),
    ("F24", "F10"),
    ("F26", "F28"),
    ("F22", "F31"),
    ("F12", "F1"),
    ("F28", "F30"),
    ("F25", "F8"),
)


class Seeds:
    """Makes plans for one matrix scenario and for others.

    Args:
        baselines: by name of scenario; the first one is that of the matrix.
        pumps: by name of scenario, its pumps.
        plates: by name of scenario, its plate.
    """

    def __init__(
        self,
        baselines: Mapping[str, Baseline],
        pumps: Mapping[str, tuple[str, ...]],
        plates: Mapping[str, str],
    ) -> None:
        self._baselines = baselines
        self._pumps = pumps
        self._plates = plates
        self._cells = cells()
        self._names = tuple(baselines)
        self._period = int(len(self._cells) / (1 - RANDOM_PART))

    def cell_of(self, seed: int) -> tuple[str, str] | None:
        """The cell that a seed is for, or None where it strikes anywhere."""
        place = seed % self._period
        return self._cells[place] if place < len(self._cells) else None

    def plan(self, seed: int) -> NightPlan:
        """The night of a seed."""
        chance = Chance(seed).stream("plan")
        cell = self.cell_of(seed)
        if cell is None:
            return self._anywhere(seed, chance)
        name = self._names[0]
        faults = tuple(self._in_cell(name, cell, chance))
        return NightPlan(name, faults, seed, _habits(chance), chance.happens(GUARDED_PART), cell[0] == "F11")

    def anywhere(self, seed: int) -> NightPlan:
        """A night with faults at any time."""
        return self._anywhere(seed, Chance(seed).stream("plan"))

    def at(self, name: str, fault: str, at: float, seed: int) -> NightPlan:
        """A night in which one fault strikes at a time."""
        chance = Chance(seed).stream("plan")
        faults = tuple(self._placed(name, fault, chance, at, self._pumps[name]))
        return NightPlan(name, faults, seed, auto_restart=fault == "F11")

    def _in_cell(self, name: str, cell: tuple[str, str], chance: Chance) -> list[dict[str, Any]]:
        fault, phase = cell
        base = self._baselines[name]
        if phase == "P0":
            return self._placed(name, fault, chance, 0.0, self._pumps[name])
        if phase == "P9":
            start, end = chance.one_of(base.windows["P3"])
            at = chance.between(start, end)
            down = round(chance.between(2.0, 60.0), 1)
            kill = {"kind": "kill", "target": "controller", "at": round(at, 3), "for": down}
            again = at + down + chance.between(0.0, 3.0)
            return [kill, *self._placed(name, fault, chance, again, base.steps.get("P3", self._pumps[name]))]
        start, end = chance.one_of(base.windows[phase])
        pumps = base.steps.get(phase) or self._pumps[name]
        faults = self._placed(name, fault, chance, chance.between(start, end), pumps)
        if chance.happens(ON_CALL):
            self._move_to_call(name, faults, chance, (start, end))
        return faults

    def _anywhere(self, seed: int, chance: Chance) -> NightPlan:
        name = chance.one_of(self._names)
        base = self._baselines[name]
        kinds = [fault for fault in EXPECTED if chance.happens(0.5)] or ["F1"]
        if chance.happens(0.25):
            chosen = list(chance.one_of(LIKELY_TOGETHER))
        else:
            count = 2 + chance.below(4) if chance.happens(SEVERAL) else 1
            chosen = [chance.one_of(kinds) for _ in range(count)]
        faults: list[dict[str, Any]] = []
        for fault in chosen:
            at = chance.between(0.0, base.seconds)
            placed = self._placed(name, fault, chance, at, self._pumps[name])
            if chance.happens(ON_CALL):
                self._move_to_call(name, placed, chance, None)
            faults += placed
        guardian = chance.happens(GUARDED_PART)
        return NightPlan(name, tuple(faults), seed, _habits(chance), guardian, "F11" in chosen)

    def _placed(self, name: str, fault: str, chance: Chance, at: float, pumps: Sequence[str]) -> list[dict[str, Any]]:
        plate = self._plates[name]
        device = chance.one_of((*pumps, plate) if plate else tuple(pumps))
        made = make_faults(fault, chance, device, tuple(pumps), plate)
        return [_at(item, at) for item in made]

    def _move_to_call(
        self, name: str, faults: list[dict[str, Any]], chance: Chance, window: tuple[float, float] | None
    ) -> None:
        """Place a single fault at a request that changes something, or just before it, or at any call of the program.

        Args:
            name: the scenario.
            faults: one fault; more are left where they are.
            chance: where.
            window: only requests in this stretch of seconds; None for any.
        """
        base = self._baselines[name]
        if len(faults) != 1:
            return
        fault = faults[0]
        if fault["kind"] == "kill" and window is None:
            del fault["at"]
            fault["call"] = chance.below(2 * base.moments)
        elif fault["kind"] not in HOST_KINDS and fault["target"] in base.calls:
            start, end = window or (0.0, base.seconds)
            calls = [number for number, at in base.calls[fault["target"]] if start - 1.0 <= at <= end]
            if calls and "for" not in fault:
                del fault["at"]
                fault["call"] = max(1, chance.one_of(calls) - chance.below(2))


def _at(fault: dict[str, Any], start: float) -> dict[str, Any]:
    """A fault with its time; one that follows another says how much later."""
    later = fault.get("later", 0.0)
    return {key: value for key, value in fault.items() if key != "later"} | {"at": round(start + later, 3)}


def _habits(chance: Chance) -> Habits:
    if chance.happens(0.15):
        return Habits(resumes=0)
    return Habits(
        answers_after=Seconds(round(chance.between(1.0, 4.0), 2)),
        comes_after=Seconds(round(chance.between(5.0, 120.0), 1)),
        resumes=1 + chance.below(4),
    )
