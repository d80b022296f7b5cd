"""Advice as plain data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ruggli.chemistry.kinetics.parameters import HONEST
from ruggli.plan.advice.figures import FIGURES

if TYPE_CHECKING:
    from ruggli.app.advising import Advice, Row


def advice_as_json(found: Advice) -> dict[str, Any]:
    """The object of `--json`: figures in base units, which `figures` names; parts of 1 for percent and mol%."""
    asked = found.question
    return {
        "ok": bool(found.rows),
        "targets": [str(target) for target in asked.targets],
        "minimise": asked.smallest,
        "confidence": asked.confidence,
        "tried": found.tried,
        "planned": found.planned,
        "met": found.met,
        "refused": dict(found.refused),
        "levers": [
            {
                "kind": lever.kind.value,
                "parameter": lever.parameter,
                "low": lever.ends[0],
                "low_by": lever.range.low_by,
                "high": lever.ends[1],
                "high_by": lever.range.high_by,
            }
            for lever in found.levers.moving
        ],
        "kept": [{"kind": fixed.kind.value, "why": fixed.why} for fixed in found.levers.fixed],
        "units": {name: figure.dimension.base for name, figure in FIGURES.items()},
        "now": None if found.now is None else _row(found.now),
        "rows": [_row(row) for row in found.rows],
        "nearest": None if found.nearest is None else _row(found.nearest),
        "caution": HONEST,
    }


def _row(row: Row) -> dict[str, Any]:
    return {
        "settings": dict(row.candidate.settings),
        "figures": {name: dict(band) for name, band in row.bands.items()},
        "share": row.share,
        "refills": row.candidate.refills,
        "warnings": list(row.candidate.warnings),
        "pre_charged_ring": None if row.pre_charged is None else dict(row.pre_charged),
    }
