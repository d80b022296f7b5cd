"""What a run came to, for people: a few lines, the report last."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ruggli.cli.codes import COMPLETE, ENDED_OTHERWISE, REFUSED

if TYPE_CHECKING:
    from ruggli.app.request import RunOutcome


def exit_code(outcome: RunOutcome) -> int:
    """0 complete, 2 refused before anything was started, 1 for every other end."""
    from ruggli.engine.result import Verdict

    codes = {Verdict.COMPLETE: COMPLETE, Verdict.REFUSED: REFUSED}
    return codes.get(outcome.verdict, ENDED_OTHERWISE)


def outcome_text(outcome: RunOutcome, reactions: tuple[str, ...] = (), violations: tuple[str, ...] = ()) -> str:
    """The result in a few lines; the path of the report is the last.

    Args:
        outcome: of the run, or of its last session.
        reactions: how each session ended, where a dry run went through several.
        violations: what the bench showed in it that must not be.
    """
    return "\n".join(_lines(outcome, reactions, violations))


def _lines(outcome: RunOutcome, reactions: tuple[str, ...], violations: tuple[str, ...]) -> Iterator[str]:
    from ruggli.plan.text import clock
    from ruggli.quantities.dimension import Dimension
    from ruggli.quantities.reader import show

    yield f"{outcome.verdict.value}{f': {outcome.cause}' if outcome.cause else ''}"
    if reactions:
        yield f"  {len(reactions)} session{'s' if len(reactions) > 1 else ''}: {', then '.join(_short(reactions))}"
    for violation in violations:
        yield f"  must not be: {violation}"
    for dose in outcome.doses:
        least, most = dose["delivered_mL"]
        delivered = f"{_between(least, most)} of {dose['planned_mL']:.3f} mL"
        text = f"  {dose['step']}, {dose['solution']} by {dose['device']}: {delivered}"
        truth = dose.get("truth_mL")
        yield text if truth is None else f"{text}; in the vessel {truth:.3f} mL"
    for solute, peak in outcome.peak_concentration.items():
        yield f"  highest concentration of {solute}, if nothing reacts: {show(peak, Dimension.CONCENTRATION)}"
    if outcome.max_temperature is not None:
        yield f"  highest temperature at a probe: {outcome.max_temperature:.1f} degC"
    for flask in outcome.flasks:
        yield from _flask_lines(flask)
    for alarm in outcome.alarms:
        against = f", bound {alarm['bound']}" if alarm["bound"] else ""
        what = f"{alarm['device']}: {alarm.get('text', '')} ({alarm['value']}{against})"
        yield f"  alarm {alarm['code']} {what}; {alarm['action']}{': ' if alarm['done'] else ''}{alarm['done']}"
        for sign in alarm["signs"]:
            yield f"    with it {sign['code']} {sign['device']}: {sign['text']} ({sign['value']})"
    if outcome.still_on:
        yield f"  still on: {', '.join(outcome.still_on)}"
    took = f"{outcome.wall_seconds:.1f} s"
    if outcome.run:
        yield f"  run {outcome.run}: {clock(outcome.virtual_seconds)} in {took}, {outcome.exchanges} device round trips"
        yield f"  record: {outcome.folder}"
    if outcome.report:
        yield f"report: {outcome.report}"


def _flask_lines(flask: Mapping[str, Any]) -> Iterator[str]:
    """What the simulated flask held, with what has to stand beside it."""
    from ruggli.chemistry.kinetics.flask_words import GASES
    from ruggli.chemistry.kinetics.told import share, words_of

    yield f"  {flask['vessel']} at the end ({flask['caution'][0].lower()}{flask['caution'][1:]}):"
    yields = flask["yields"]
    held = [f"{word} {share(yields[name])}" for name, word in words_of(flask["model"]).items() if yields.get(name)]
    if held:
        yield f"    of the substrate: {', '.join(held)}"
    for name, volume in flask["gas_mL"].items():
        fastest = flask["fastest_gas_mL_min"][name]
        yield f"    {GASES[name]}: {_digits(volume)} mL at 25 degC and 1 atm, at most {_digits(fastest)} mL/min"
    if flask["heat_J"]:
        yield f"    heat of the reaction: {flask['heat_J'] / 1000:.3g} kJ"


def _digits(value: float) -> str:
    """Three digits, without an exponent for large numbers."""
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def _short(reactions: tuple[str, ...]) -> Iterator[str]:
    """How sessions ended; why one broke off stands in the result."""
    yield from (reaction.partition(":")[0] for reaction in reactions)


def _between(least: float, most: float) -> str:
    low, high = f"{least:.3f}", f"{most:.3f}"
    return low if low == high else f"{low} to {high}"
