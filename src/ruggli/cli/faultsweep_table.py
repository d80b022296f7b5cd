"""The table that `ruggli faultsweep` prints."""

from collections.abc import Sequence

from ruggli.app.trial.sweep import SweepRow

HEADS = ("fault", "what", "nights", "ended", "first of the alarms", "hottest", "peak", "over", "missing", "unknown")


def sweep_text(rows: Sequence[SweepRow]) -> str:
    """The table, what its columns mean, and what was broken."""
    lines = [HEADS, *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADS))]
    table = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]
    nights = sum(row.nights for row in rows)
    broken = [text for row in rows for text in row.violations]
    notes = [
        "",
        "hottest: of any vessel. peak: highest concentration, of the planned peak. over: largest dose beyond its plan.",
        "missing: largest part of a dose that was not given although the night ended complete; a leak (in F13) cannot",
        "be seen without a balance, nor can a bar that slips (in F22) or a cut probe that goes on telling (in F18).",
        "unknown: largest part of a dose that the record leaves open.",
    ]
    verdict = [
        f"{nights} nights, no invariant broken. It holds for simulated devices and these faults, not for a laboratory."
        if not broken
        else f"{nights} nights, {len(broken)} with a broken invariant:",
        *(f"  {text}" for text in broken),
    ]
    return "\n".join([*table, *notes, "", *verdict])


def _cells(row: SweepRow) -> tuple[str, ...]:
    ended = ", ".join(f"{count} {verdict}" for verdict, count in sorted(row.verdicts.items()))
    alarms = ", ".join(sorted(row.alarms, key=lambda code: (-row.alarms[code], code))[:2]) or "-"
    return (
        row.fault,
        row.title,
        str(row.nights),
        ended,
        alarms,
        f"{row.hottest:.1f} degC",
        f"{100 * row.concentration:.1f} %",
        f"{100 * row.over:+.2f} %",
        f"{100 * row.under:.2f} %",
        f"{100 * row.unknown:.2f} %",
    )
