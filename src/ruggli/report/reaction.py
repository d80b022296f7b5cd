"""The reaction of a run: what was really added, for the solver, and what it says, as a table and lines.

The additions are those of the record (counters, charges), so a stall, a hold or a wrong rate shows in what is expected.
So does a flask that was too cold: the constants are brought to the temperature at which it was. Where no probe was in
it, the temperature is the planned one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ruggli.chemistry.kinetics.parameters import HONEST
from ruggli.chemistry.kinetics.schemes import MACROCYCLISATION, REDUCTIVE_AMINATION
from ruggli.chemistry.kinetics.told import drawn, kept_words, share, words_of
from ruggli.quantities.base import Celsius, Millilitres, Millimoles, Molar, Seconds
from ruggli.report.account import Account
from ruggli.report.contents import VesselTrack
from ruggli.report.corrected import CorrectionView, correction_view, measured_of
from ruggli.report.numbers import concentration, temperature
from ruggli.report.planned import Json
from ruggli.report.tables import Table
from ruggli.report.warmth import temperature_of

POINTS = 61
SAMPLES = 40
CLOSE = 0.002
"""Part of the final amount by which a course may differ from its straight pieces."""
MOST_PIECES = 40


@dataclass(frozen=True, slots=True)
class Reaction:
    """What the solver says of a run.

    Attributes:
        scheme: which reactions.
        ring_size: of the ring that is wanted.
        catalyst: whose constants were taken, or None for a reaction without one.
        start: time of the run at which the substrate began to flow.
        told: what the solver gave, see `ruggli.chemistry.kinetics.worker`.
    """

    scheme: str
    ring_size: int
    catalyst: str | None
    start: Seconds
    told: Json

    @property
    def title(self) -> str:
        """The ring, and what makes it."""
        by = "reductive amination" if self.catalyst is None else self.catalyst
        return f"Ring of {self.ring_size}, {by}"

    @property
    def warmth(self) -> str:
        """At which temperature, for people."""
        found = self.told.get("temperature_degC")
        if found is None:
            return "the temperature is the planned one"
        return f"at {temperature(Celsius(found))}, the mean kinetic temperature of the readings"

    @property
    def correction(self) -> CorrectionView | None:
        """The prediction corrected by what was measured, or None where nothing was."""
        return correction_view(self.told, words_of(self.scheme), self.start)


def reaction_request(account: Account) -> tuple[Seconds, dict[str, Any]] | None:
    """When the substrate began to flow, and what the solver needs; None where nothing is to be solved."""
    found = additions(account)
    if found is None:
        return None
    start, schedule = found
    planned = account.plan["reaction"]
    end = Seconds(start + schedule["end_s"])
    return start, {
        "model": scheme_of(planned),
        "constants": planned["constants"],
        "temperature_degC": temperature_of(account, planned["vessel"], start, end),
        "schedule": schedule,
        "points": POINTS,
        "samples": SAMPLES,
        "measured": measured_of(account, planned["vessel"], start, Seconds(schedule["end_s"])),
    }


def additions(account: Account) -> tuple[Seconds, dict[str, Any]] | None:
    """When the substrate began to flow, and what was put in, as a schedule for the solver.

    None where the plan has no reaction with constants, or nothing of the substrate has come.
    """
    planned = account.plan.get("reaction")
    if planned is None:
        return None
    vessel = next((track for track in account.vessels if track.name == planned["vessel"]), None)
    if vessel is None:
        return None
    rows = _courses(vessel, planned["species"], _over(account))
    substrate = "A" if scheme_of(planned) == REDUCTIVE_AMINATION else "M"
    begin = next((index for index, row in enumerate(rows) if row[2].get(substrate, 0.0) > 0.0), None)
    if begin is None or len(rows) < begin + 2:
        return None
    rows = rows[max(0, begin - 1) :]
    start, volume, held = rows[0]
    feeds: list[dict[str, Any]] = [
        {
            "volume_mL": max(0.0, after[1] - before[1]),
            "amounts_mmol": {name: max(0.0, amount - before[2].get(name, 0.0)) for name, amount in after[2].items()},
            "start_s": before[0] - start,
            "duration_s": after[0] - before[0],
        }
        for before, after in _pieces(rows)
    ]
    return start, {
        "volume_mL": volume,
        "amounts_mmol": held,
        "feeds": [feed for feed in feeds if feed["volume_mL"] > 0.0 or any(feed["amounts_mmol"].values())],
        "portions": [],
        "end_s": rows[-1][0] - start,
    }


Row = tuple[Seconds, Millilitres, dict[str, Millimoles]]


def _courses(vessel: VesselTrack, species: Mapping[str, str], until: Seconds) -> list[Row]:
    """Time, volume and amounts by species, as if nothing reacted."""
    rows: list[Row] = []
    for index, (time, volume) in enumerate(zip(vessel.times, vessel.volumes, strict=True)):
        if time > until:
            break
        amounts = {
            name: Millimoles(vessel.concentrations[reagent][index] * volume)
            for reagent, name in species.items()
            if reagent in vessel.concentrations
        }
        rows.append((time, volume, amounts))
    return rows


def scheme_of(planned: Json) -> str:
    """Which reactions; a journal of old knows those of metathesis alone."""
    return str(planned.get("model", MACROCYCLISATION))


def _over(account: Account) -> Seconds:
    """When the step began with which the reaction is over, or the end of the record."""
    over = account.plan["reaction"].get("over")
    return min(
        (row.start for row in account.steps if row.id == over and row.start is not None), default=account.duration
    )


def _pieces(rows: Sequence[Row]) -> list[tuple[Row, Row]]:
    """Straight pieces that keep close to the course: first of all, the row that is furthest off splits its piece."""
    last = rows[-1]
    scales = [last[1], *last[2].values()]

    def values(row: Row) -> list[float]:
        return [row[1], *(row[2].get(name, 0.0) for name in last[2])]

    def worst(first: int, end: int) -> tuple[float, int]:
        before, after = values(rows[first]), values(rows[end])
        span, found = rows[end][0] - rows[first][0], (0.0, first)
        for index in range(first + 1, end):
            part = (rows[index][0] - rows[first][0]) / span
            here = values(rows[index])
            off = max(
                abs(value - (a + part * (b - a))) / scale if scale > 0.0 else 0.0
                for value, a, b, scale in zip(here, before, after, scales, strict=True)
            )
            if off > found[0]:
                found = off, index
        return found

    cuts = [0, len(rows) - 1]
    offs = [worst(0, len(rows) - 1)]
    while len(cuts) <= MOST_PIECES:
        place = max(range(len(offs)), key=lambda index: offs[index][0])
        off, at = offs[place]
        if off <= CLOSE:
            break
        cuts.insert(place + 1, at)
        offs[place : place + 1] = [worst(cuts[place], at), worst(at, cuts[place + 2])]
    return [(rows[a], rows[b]) for a, b in zip(cuts, cuts[1:], strict=False)]


def yield_table(reaction: Reaction) -> Table:
    """What is expected of the substrate, as bands."""
    told = reaction.told
    rows = [
        (word, share(band["value"]), f"{share(band['low'])} to {share(band['high'])}")
        for words, bands in (
            (words_of(reaction.scheme), told["yields"]),
            (kept_words(reaction.scheme), told.get("kept", {})),
        )
        for name, word in words.items()
        if (band := bands.get(name)) is not None and band["high"] > 0.0
    ]
    peak = told["peak_M"]
    low, high = concentration(Molar(peak["low"])), concentration(Molar(peak["high"]))
    rows.append(("highest concentration of the substrate", concentration(Molar(peak["value"])), f"{low} to {high}"))
    head = (
        "part of the substrate, or of the reagent",
        "with the defaults",
        f"nine in ten of {told['samples']} samples",
    )
    return Table("", head, tuple(rows), frozenset({1, 2}))


def constant_table(reaction: Reaction) -> Table:
    """The constants with ranges, marks and sources."""
    rows = []
    for row in reaction.told["parameters"]:
        unit = "" if row["unit"] == "1" else f" {row['unit']}"
        rows.append(
            (
                row["name"],
                f"{row['value']:.3g}{unit}",
                f"{row['low']:.3g} to {row['high']:.3g}{unit}",
                row["mark"],
                row["source"],
            )
        )
    return Table("", ("constant", "default", "range", "mark", "from"), tuple(rows), frozenset({1, 2}))


def reaction_panel(reaction: Reaction) -> dict[str, Any]:
    """Lines for the drawing program: the defaults' course, with its band around it."""
    told, lines = reaction.told, []
    times = [reaction.start + time for time in told["times_s"]]
    for colour, (name, word) in enumerate(drawn(reaction.scheme).items()):
        course = told["concentrations_M"].get(name)
        if course is None or not any(band["high"] for band in course):
            continue
        lines.append(
            {
                "label": word,
                "times": times,
                "values": [1000 * band["value"] for band in course],
                "low": [1000 * band["low"] for band in course],
                "high": [1000 * band["high"] for band in course],
                "colour": colour,
                "style": "actual",
            }
        )
    return {"name": "reaction", "axis": "expected (mM)", "zero": True, "groups": [lines]}


def caution() -> str:
    """What has to stand beside every prediction."""
    return HONEST
