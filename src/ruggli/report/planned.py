"""The parts of the journaled plan that a report needs again and again, out of their JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ruggli.quantities.base import Millilitres, MillilitresPerSecond, Millimoles, Molar, Seconds

Json = Mapping[str, Any]

WORKED_UP = frozenset({"extract", "dry", "filter", "concentrate", "purify"})
"""Steps after which the contents of a vessel are no longer the sum of what was put in."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of a planned dose: from `start` to `end` the plunger goes from `low` to `high`, at `rate`."""

    start: Seconds
    end: Seconds
    low: Millilitres
    high: Millilitres
    rate: MillilitresPerSecond


@dataclass(frozen=True, slots=True)
class PlannedFeed:
    """One solution of one step in one pump; a series of portions by pump is one of these.

    Attributes:
        step: id of the step.
        solution: name of the solution.
        device: name of the pump.
        vessel: receiving vessel.
        planned: volume of the solution, all portions together.
        requested: flow rate that was asked for.
        held: flow rate that the pump can hold.
        held_text: as the pump holds it.
        ramped: these three are those of the last stretch; each stretch has its own.
        solutes: concentration of each solute in the solution.
        stretches: planned course, times from the planned start of the step; volumes never above `planned`.
        inner: names under which the journal has its doses (the step, or one for each portion) and their volumes.
    """

    step: str
    solution: str
    device: str
    vessel: str
    planned: Millilitres
    requested: MillilitresPerSecond
    held: MillilitresPerSecond
    held_text: str
    ramped: bool
    solutes: Mapping[str, Molar]
    stretches: tuple[Stretch, ...]
    inner: Mapping[str, Millilitres]

    @property
    def key(self) -> tuple[str, str, str]:
        """Step, solution, pump."""
        return self.step, self.solution, self.device

    def due(self, since: Seconds) -> Millilitres:
        """Volume that is due by plan at a time from the start of the step."""
        volume = Millilitres(0.0)
        for part in self.stretches:
            if since < part.start:
                break
            length = part.end - part.start
            share = 1.0 if length <= 0 or since >= part.end else (since - part.start) / length
            volume = Millilitres(part.low + share * (part.high - part.low))
        return volume

    def due_rate(self, since: Seconds) -> MillilitresPerSecond:
        """Flow rate that is due by plan at a time from the start of the step."""
        rates = (part.rate for part in self.stretches if part.start <= since < part.end)
        return next(rates, MillilitresPerSecond(0.0))


@dataclass(frozen=True, slots=True)
class Charge:
    """What one prompt puts into a vessel when it is answered as planned."""

    prompt: str
    happy: str
    vessel: str
    volume: Millilitres
    solutes: Mapping[str, Millimoles]


def steps_of(plan: Json) -> Sequence[Json]:
    """The planned steps."""
    return list(plan.get("steps", ()))


def feeds_of(plan: Json) -> tuple[PlannedFeed, ...]:
    """Every solution that a pump doses, in planned order."""
    found: list[PlannedFeed] = []
    for step in steps_of(plan):
        doses = _doses(step["work"])
        parts: dict[tuple[str, str], list[tuple[str, Json, tuple[Stretch, ...]]]] = {}
        end = Seconds(0.0)
        for number, dose in enumerate(doses, start=1):
            inner = str(step["id"]) if step["work"]["kind"] == "dose" else f"{step['id']}.{number}"
            begin = Seconds(end + (float(step["work"].get("interval_s", 0.0)) if number > 1 else 0.0))
            for index, feed in enumerate(dose["feeds"]):
                stretches = _stretches(dose, index, Seconds(float(step["start_s"])), begin)
                parts.setdefault((feed["solution"], feed["device"]), []).append((inner, feed, stretches))
                end = max(end, stretches[-1].end) if stretches else end
        for members in parts.values():
            found.append(_feed(str(step["id"]), str(step["work"]["vessel"]), members))
    return tuple(found)


def _doses(work: Json) -> Sequence[Json]:
    if work["kind"] == "dose":
        return [work]
    return list(work["doses"]) if work["kind"] == "portions" else []


def _feed(step: str, vessel: str, members: list[tuple[str, Json, tuple[Stretch, ...]]]) -> PlannedFeed:
    first = members[0][1]
    stretches: list[Stretch] = []
    given = 0.0
    for _, feed, own in members:
        stretches += [
            replace(part, low=Millilitres(given + part.low), high=Millilitres(given + part.high)) for part in own
        ]
        given += float(feed["planned_mL"])
    return PlannedFeed(
        step=step,
        solution=str(first["solution"]),
        device=str(first["device"]),
        vessel=vessel,
        planned=Millilitres(given),
        requested=MillilitresPerSecond(float(first["rate"]["requested_mL_per_s"])),
        held=MillilitresPerSecond(float(first["rate"]["held_mL_per_s"])),
        held_text=str(first["rate"]["text"]),
        ramped=len({part.rate for part in stretches}) > 1,
        solutes={name: Molar(float(value)) for name, value in first["solutes_mol_per_L"].items()},
        stretches=tuple(stretches),
        inner={inner: Millilitres(float(feed["planned_mL"])) for inner, feed, _ in members},
    )


def _stretches(dose: Json, index: int, step_start: Seconds, begin: Seconds) -> tuple[Stretch, ...]:
    feed = dose["feeds"][index]
    planned = float(feed["planned_mL"])
    found: list[Stretch] = []
    now, low = float(begin), 0.0
    for segment in dose["segments"]:
        ready = [float(p["when_s"]) + float(p["takes_s"]) - step_start for p in segment["prompts"]]
        now = max(now, *ready) if ready else now
        high = min(planned, float(segment["until_mL"][index]))
        own = segment.get("rates")
        rate = MillilitresPerSecond(float((feed["rate"] if own is None else own[index])["held_mL_per_s"]))
        if high > low:
            end = Seconds(now + (high - low) / rate)
            found.append(Stretch(Seconds(now), end, Millilitres(low), Millilitres(high), rate))
        now += float(segment["duration_s"])
        low = max(low, high)
    return tuple(found)


def charges_of(plan: Json) -> dict[str, tuple[Charge, ...]]:
    """What hands put into vessels, by prompt."""
    found: dict[str, tuple[Charge, ...]] = {}
    for prompt in plan.get("prompts", ()):
        acts = [act for act in prompt.get("acts", ()) if act.get("act") == "charge"]
        if acts:
            found[str(prompt["id"])] = tuple(
                Charge(
                    prompt=str(prompt["id"]),
                    happy=str(prompt["happy"]),
                    vessel=str(act["vessel"]),
                    volume=Millilitres(float(act["volume_mL"])),
                    solutes={name: Millimoles(float(value)) for name, value in act["solutes"].items()},
                )
                for act in acts
            )
    return found
