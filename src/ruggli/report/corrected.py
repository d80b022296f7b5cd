"""Conversions of samples for the solver, and the corrected prediction as tables."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ruggli.chemistry.kinetics.measured import UNCERTAINTY, WANTED, Measured, measured_as_json
from ruggli.chemistry.kinetics.told import share
from ruggli.protocol.results import ResultKind
from ruggli.quantities.base import Seconds
from ruggli.report.account import Account
from ruggli.report.numbers import clock
from ruggli.report.planned import Json, steps_of
from ruggli.report.tables import Table

TARGET = f"{100 * WANTED:.0f} %"
"""The conversion for which the time is told."""


def measured_of(account: Account, vessel: str, start: Seconds, end: Seconds) -> list[dict[str, Any]]:
    """The conversions of a vessel between two times of the run, from `start` on, as the solver takes them."""
    works = {str(step["id"]): step["work"] for step in steps_of(account.plan)}
    found = []
    for sample in account.analyses:
        since = Seconds(sample.at - start)
        if sample.vessel != vessel or not 0.0 < since <= end:
            continue
        for result in sample.results:
            if result.result == ResultKind.CONVERSION.word:
                stated = works[sample.step]["sampling"]["uncertainty"]
                deviation = UNCERTAINTY if stated is None else float(stated)
                found.append(measured_as_json(Measured(since, result.value / 100.0, deviation, sample.name)))
    return found


def measured_table(correction: Json, start: Seconds) -> Table:
    """What was measured, beside what was expected.

    Args:
        correction: what the solver gave.
        start: time of the run at which its times begin.
    """
    rows = [
        (
            row["name"],
            clock(Seconds(start + row["time_s"])),
            f"{share(row['conversion'])} (± {100 * row['uncertainty']:.3g} points)",
            share(row["expected"]["value"]),
            f"{share(row['expected']['low'])} to {share(row['expected']['high'])}",
        )
        for row in correction["measured"]
    ]
    head = ("sample", "taken at", "conversion, entered", "expected with the defaults", "nine in ten of all samples")
    return Table("", head, tuple(rows), frozenset({1, 2, 3, 4}))


def corrected_table(correction: Json, words: Mapping[str, str], yields: Json, start: Seconds) -> Table:
    """The prediction before and after the correction.

    Args:
        correction: what the solver gave; with a correction.
        words: what people call the species.
        yields: the prediction that is corrected, by species.
        start: time of the run at which the solver's times begin.
    """
    after = correction["corrected"]
    rows = [
        (word, *_parts(yields[name]), *_parts(after["yields"][name]))
        for name, word in words.items()
        if name in yields and name in after["yields"] and (yields[name]["high"] or after["yields"][name]["high"])
    ]
    rows.append(("conversion at the end", *_parts(correction["conversion"]), *_parts(after["conversion"])))
    rows.append(
        (f"{TARGET} has reacted at", *_times(correction["reached_s"], start), *_times(after["reached_s"], start))
    )
    head = (
        "part of the substrate",
        "with the defaults",
        "nine in ten",
        "corrected",
        "nine in ten, corrected",
    )
    return Table("", head, tuple(rows), frozenset({1, 2, 3, 4}))


def _parts(band: Json) -> tuple[str, str]:
    return share(band["value"]), f"{share(band['low'])} to {share(band['high'])}"


def _times(band: Json, start: Seconds) -> tuple[str, str]:
    def told(name: str) -> str:
        return "not before the end" if band[name] is None else clock(Seconds(start + band[name]))

    low, high = told("low"), told("high")
    return told("value"), low if low == high else f"{low} to {high}"


def why_not(correction: Json) -> str:
    """Why there is no correction, "" where there is one."""
    if correction["corrected"] is not None:
        return ""
    far = [f"{row['name']} ({share(row['conversion'])})" for row in correction["measured"] if row["far"]]
    if far:
        return (
            f"no set of constants within their ranges comes near what was entered for {', '.join(far)}, so nothing is "
            "corrected: doubt the figure, the catalyst, or what went in"
        )
    return (
        f"too few sets of constants ({correction['counting']:.1f} of {correction['samples']} count) come near all that "
        "was entered together, so nothing is corrected"
    )


def how(correction: Json) -> str:
    """How it was corrected, with the mark of what was assumed."""
    stated = ", ".join(dict.fromkeys(f"{100 * row['uncertainty']:.3g}" for row in correction["measured"]))
    return (
        f"Each of {correction['samples']} sets of constants counts by how well it fits the conversions entered, with a "
        f"standard deviation of {stated} percentage points (5 is a default, mark E); {correction['counting']:.1f} of "
        "them count. No constant leaves its range; `corrected` is the middle of the weight."
    )


@dataclass(frozen=True, slots=True)
class CorrectionView:
    """A correction as the page and the terminal show it; `table` is None where nothing is corrected, `text` says why.

    Attributes:
        measured: what was entered, beside what was expected.
        table: before and after.
        text: how it was corrected, or why not.
    """

    measured: Table
    table: Table | None
    text: str


def correction_view(told: Json, words: Mapping[str, str], start: Seconds) -> CorrectionView | None:
    """The correction in what the solver gave, or None where nothing was measured.

    Args:
        told: what the solver gave.
        words: what people call the species.
        start: time of the run at which the solver's times begin.
    """
    correction = told.get("correction")
    if correction is None:
        return None
    measured, why = measured_table(correction, start), why_not(correction)
    if why:
        return CorrectionView(measured, None, f"{why[:1].upper()}{why[1:]}.")
    return CorrectionView(measured, corrected_table(correction, words, told["yields"], start), how(correction))
