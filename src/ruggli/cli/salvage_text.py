"""What `ruggli salvage` prints: lines for people, and one object for programs."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ruggli.app.salvage.find import Salvage
from ruggli.app.salvage.option import Option, Standing
from ruggli.chemistry.kinetics.forecast import Band
from ruggli.chemistry.kinetics.told import kept_words, share, words_of
from ruggli.chemistry.kinetics.worker import band_as_json, parameter_as_json
from ruggli.quantities.dimension import Dimension
from ruggli.quantities.reader import show


def lines(found: Salvage) -> Iterator[str]:
    """The whole answer, for people."""
    yield from _standing(found)
    yield from _amounts(found)
    if found.now is not None:
        words = words_of(found.scheme)
        told = ", ".join(f"{words[name]} {_band(band)}" for name, band in found.now.items() if band.high > 0.001)
        yield f"of the substrate that is in, now: {told}"
    if found.partner is not None:
        (word,) = kept_words(found.scheme).values()
        yield f"{word} now, of what was put in: {_band(found.partner)}"
    if found.options:
        yield "options:"
    if any(option.expected for option in found.options):
        yield from _table(found.options)
    for letter, option in _lettered(found.options):
        yield from _option(letter, option)
    if found.constants:
        yield "constants (mark E: a default, no measurement):"
        for row in found.constants:
            unit = "" if row.unit == "1" else f" {row.unit}"
            bounds = f"{row.value:.3g} ({row.low:.3g} to {row.high:.3g}){unit}"
            yield f"  {row.name:<8} {bounds}  [{row.mark}] {row.source}"
        yield found.caution
    elif found.unpredicted:
        yield f"nothing is predicted: {found.unpredicted}"


def _standing(found: Salvage) -> Iterator[str]:
    stand = found.stand
    account = stand.account
    yield f"run {account.run}: {account.verdict}; {account.cause}"
    if account.simulated:
        yield "a dry run: its bench ended with it; told as if it still stood there"
    if stand.step is not None:
        after = "" if stand.step.start is None else f", {_time(account.duration - stand.step.start)} after it began"
        yield f"at step {stand.step.number}, {stand.step.title} ({stand.step.state}{after})"
    warm = "the heater is on" if stand.heating else "the heater is off"
    probe = "" if stand.temperature is None else f", last reading {stand.temperature:.1f} degC"
    meanwhile = f"; reckoned at {stand.standing_temperature:.1f} degC for that time" if stand.stood > 0.0 else ""
    yield f"since the record ended: {_time(stand.stood)}; {warm}{probe}{meanwhile}"


def _amounts(found: Salvage) -> Iterator[str]:
    stand = found.stand
    if stand.volume is not None:
        yield f"{stand.vessel}: {show(stand.volume, Dimension.VOLUME)}"
    rows: list[tuple[str, ...]] = [("", "planned", "in, at least", "at most", "still to give")]
    for reagent in stand.reagents:
        amounts = (reagent.planned, reagent.low, reagent.high, reagent.left)
        rows.append((reagent.reagent, *(show(value, Dimension.AMOUNT) for value in amounts)))
    for feed in stand.feeds:
        volumes = (feed.planned, feed.low, feed.high, feed.left)
        rows.append((f"{feed.solution} by {feed.device}", *(show(value, Dimension.VOLUME) for value in volumes)))
    yield from _columns(rows)
    for feed in stand.feeds:
        if feed.left > 0.0:
            here, line, bottle = (
                show(value, Dimension.VOLUME) for value in (feed.in_syringe, feed.in_line, feed.not_loaded)
            )
            age = "" if feed.loaded is None else f"; filled {_time(stand.age(feed.loaded))} ago"
            yield f"  {feed.solution}: {here} in the syringe, {line} in the line, {bottle} not loaded yet{age}"


def _table(options: Sequence[Option]) -> Iterator[str]:
    head = ("", "", "takes", "ring, of what is in", "ring, of all planned", "coupled", "left over", "highest conc.")
    rows = [head]
    for letter, option in _lettered(options):
        told = option.expected
        if told is None:
            rows.append((letter, option.id, option.standing.value, "", "", "", "", ""))
            continue
        takes = "" if option.takes is None else _time(option.takes)
        peak = show(told.peak.value, Dimension.CONCENTRATION)
        cells = (_band(told.ring), _band(told.whole), _band(told.coupled), _band(told.left), peak)
        rows.append((letter, option.id, takes, *cells))
    yield from _columns(rows)


def _option(letter: str, option: Option) -> Iterator[str]:
    standing = "" if option.standing is Standing.POSSIBLE else f" [{option.standing.value}]"
    takes = "" if option.takes is None else f"; {_time(option.takes)} from now"
    yield f"{letter} {option.title}{standing}{takes}"
    yield from (f"     {text}" for text in option.do)
    yield from (f"     mind: {text}" for text in option.why)


def _lettered(options: Sequence[Option]) -> Iterator[tuple[str, Option]]:
    return ((f"({chr(ord('a') + index)})", option) for index, option in enumerate(options))


def _columns(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(len(cells[column]) for cells in rows) for column in range(len(rows[0]))]
    for cells in rows:
        yield "  " + "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()


def _band(band: Band) -> str:
    low, high = share(band.low), share(band.high)
    return f"{share(band.value)} ({low.removesuffix(' %')} to {high})" if low != high else share(band.value)


def _time(seconds: float) -> str:
    return show(seconds, Dimension.DURATION)


def salvage_as_json(found: Salvage) -> dict[str, Any]:
    """The one object of `--json`."""
    stand = found.stand
    account = stand.account
    return {
        "ok": True,
        "run": account.run,
        "verdict": account.verdict,
        "cause": account.cause,
        "simulated": account.simulated,
        "step": None if stand.step is None else stand.step.id,
        "recorded_s": account.duration,
        "stood_s": stand.stood,
        "heating": stand.heating,
        "temperature_degC": stand.temperature,
        "standing_degC": stand.standing_temperature,
        "vessel": stand.vessel,
        "volume_mL": stand.volume,
        "resumable": not found.closed,
        "not_resumable": found.closed,
        "reagents": [
            {
                "reagent": row.reagent,
                "name": row.name,
                "planned_mmol": row.planned,
                "in_mmol": [row.low, row.high],
                "left_mmol": row.left,
            }
            for row in stand.reagents
        ],
        "feeds": [
            {
                "step": feed.step,
                "solution": feed.solution,
                "device": feed.device,
                "planned_mL": feed.planned,
                "delivered_mL": [feed.low, feed.high],
                "left_mL": feed.left,
                "in_syringe_mL": feed.in_syringe,
                "in_line_mL": feed.in_line,
                "not_loaded_mL": feed.not_loaded,
                "filled_for_s": None if feed.loaded is None else stand.age(feed.loaded),
            }
            for feed in stand.feeds
        ],
        "now": None if found.now is None else _bands(found.now),
        "reaction": found.scheme or None,
        "partner": None if found.partner is None else band_as_json(found.partner),
        "options": [_option_as_json(option) for option in found.options],
        "parameters": [parameter_as_json(row) for row in found.constants],
        "unpredicted": found.unpredicted,
        "caution": found.caution,
    }


def _option_as_json(option: Option) -> dict[str, Any]:
    told = option.expected
    expected = None
    if told is not None:
        expected = {
            "fed_mmol": told.fed,
            "yields": _bands(told.yields),
            "ring": band_as_json(told.ring),
            "coupled": band_as_json(told.coupled),
            "left_over": band_as_json(told.left),
            "ring_of_planned": band_as_json(told.whole),
            "peak_M": band_as_json(told.peak),
        }
    return {
        "id": option.id,
        "title": option.title,
        "standing": option.standing.value,
        "why": list(option.why),
        "do": list(option.do),
        "takes_s": option.takes,
        "expected": expected,
    }


def _bands(found: Mapping[str, Band]) -> dict[str, Any]:
    return {name: band_as_json(band) for name, band in found.items()}
