"""The tally of short nights that `docs/evidence.md` shows."""

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

TALLY = Path(__file__).resolve().parents[2] / "docs" / "evidence" / "short-nights.json"


def tally() -> Any:
    """What is kept in `docs/evidence`."""
    return json.loads(TALLY.read_text(encoding="utf-8"))


def seen_by_cell() -> dict[tuple[str, str], set[str]]:
    """Reactions that were seen, by fault and phase."""
    found = defaultdict(set)
    for name in tally()["cell"]:
        fault, phase, letter = name.split(" ")
        found[fault, phase].add(letter)
    return found
