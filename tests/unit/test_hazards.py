"""Every hazard has a row that names what exercises it, and what is named exists."""

import re
from pathlib import Path

import pytest

from ruggli.app.trial.matrix import EXPECTED

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "evidence" / "hazards.md"
HAZARDS = [f"{kind}{number:02}" for kind, last in (("D", 22), ("T", 18), ("C", 18)) for number in range(1, last + 1)]
ROW = re.compile(r"^\| ([DTC]\d\d) \| ([^|]+) \| ([^|]+) \| ([^|]*) \|(?: ([^|]*) \||  \|)$", re.MULTILINE)
ROWS = {match[1]: match for match in ROW.finditer(PAGE.read_text("utf-8"))}
BEYOND = ("not observable", "not built")


def test_no_hazard_is_missing_and_none_is_told_twice() -> None:
    assert [row[0] for row in ROW.findall(PAGE.read_text("utf-8"))] == HAZARDS


@pytest.mark.parametrize("hazard", HAZARDS)
def test_what_is_named_exists(hazard: str) -> None:
    row = ROWS[hazard]
    faults = [] if row[3] == "none" else row[3].split(", ")
    tests = re.findall(r"`([^`]+)`", row[4])
    assert [fault for fault in faults if fault not in EXPECTED] == []
    assert [name for name in tests if not (ROOT / "tests" / name).is_file()] == []
    assert tests or any(words in (row[5] or "") for words in BEYOND), f"{hazard} is exercised by nothing"


def test_every_fault_of_the_matrix_stands_for_a_hazard() -> None:
    named = {fault for row in ROWS.values() for fault in row[3].split(", ")}
    assert set(EXPECTED) - named == set()
