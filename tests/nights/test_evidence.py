"""The tally behind `docs/evidence.md` is one of this program: complete, and its nights still end as it says."""

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

from nights.world import World

from ruggli.app.trial.matrix import cells

TALLY = Path(__file__).resolve().parents[2] / "docs" / "evidence" / "short-nights.json"
PAGE = TALLY.parents[1] / "evidence.md"
AGAIN = 23
"""Every so-manieth cell is run again."""


def seen_by_cell(tally: Any) -> dict[tuple[str, str], set[str]]:
    found = defaultdict(set)
    for name in tally["cell"]:
        fault, phase, letter = name.split(" ")
        found[fault, phase].add(letter)
    return found


def test_every_cell_was_run_and_each_violation_is_told() -> None:
    tally = json.loads(TALLY.read_text("utf-8"))
    assert (tally["first"], tally["bad"]) == (0, 1)
    assert "The one violation (seed 3565)" in PAGE.read_text("utf-8")
    assert tally["count"] == sum(tally["verdict"].values())
    assert set(seen_by_cell(tally)) == set(cells())


def test_nights_run_again_end_as_the_tally_says() -> None:
    kept = seen_by_cell(json.loads(TALLY.read_text("utf-8")))
    rows = [World.here().row(seed) for seed in range(0, len(cells()), AGAIN)]
    assert [(row.seed, row.cell, row.seen) for row in rows if row.cell and row.seen not in kept[row.cell]] == []
