"""Tables of the evidence page, made from the tallies of nights that are kept in `docs/evidence`.

`python tests/long/seeds.py ... --out docs/evidence/short-nights.json` writes a tally, `python docs/generate.py` puts it
on the page. `long-nights.json` is the tally of long nights, where there is one.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import words
from tables import StaleWordsError, table

from ruggli.app.trial.matrix import EXPECTED, TITLES, cells, expected
from ruggli.app.trial.phases import PHASES
from ruggli.app.trial.seeds import RANDOM_PART

TALLIES = Path(__file__).resolve().parent / "evidence"
PERIOD = int(len(cells()) / (1 - RANDOM_PART))
"""Seeds of one pass through all cells; the last part of a pass strikes anywhere."""

PHASE_NAMES: Mapping[str, str] = {
    "P0": "check",
    "P1": "prime",
    "P2": "heat-up",
    "P3": "dual feed",
    "P4": "hold",
    "P5": "portions",
    "P6": "quench",
    "P7": "question",
    "P8": "cool-down",
    "P9": "resume",
}

MEETS: Mapping[str, str] = {"C": "C", "H": "H", "D>H": "H", "S": "S", "D>S": "S", "R": "R", "G": "G", "A": "A"}
"""Which seen reaction is the expected one."""

NEWCOMER = "F30"
"""Here the expected reaction is that of the newcomer, which every such night asks for; the first one goes on."""


def short() -> Any:
    """The tally of the short nights."""
    return json.loads((TALLIES / "short-nights.json").read_text("utf-8"))


def _tallies() -> Iterator[tuple[str, Any]]:
    for name in ("short", "long"):
        path = TALLIES / f"{name}-nights.json"
        if path.exists():
            yield name, json.loads(path.read_text("utf-8"))


def _meets(fault: str, phase: str, letter: str) -> bool:
    """Whether a seen reaction is the expected one.

    A night of P9 is killed in mid-dose before its fault strikes, so it is seen as G where it is taken up, and as R
    where the resume is refused until the cause is mended. Whether it asks where it has to is for the invariants.
    """
    if phase == "P9" and letter in "GR":
        return letter == "G" or expected(fault, phase) in ("A", "R")
    return letter == ("C" if fault == NEWCOMER else MEETS[expected(fault, phase)])


def _seen(tally: Any) -> dict[tuple[str, str], Counter[str]]:
    """By cell, how many nights were seen with which reaction."""
    found: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for name, count in tally["cell"].items():
        fault, phase, *letter = name.split(" ")
        found[fault, phase][" ".join(letter)] += count
    return found


def night_figures() -> str:
    """What was run, and what came of it."""
    rows = []
    for name, tally in _tallies():
        first, count = tally["first"], tally["count"]
        upper = 300 / count
        rows.append(
            (
                f"{name} nights, seeds {first:,} to {first + count - 1:,}",
                f"`python tests/long/seeds.py --first {first} --count {count}{' --long' if name == 'long' else ''}`",
                f"{tally['bad']} of {count:,} with a violation",
                f"{upper:.2g} %" if not tally["bad"] else "none: there were violations",
                f"{tally['virtual_s'] / 3600:,.0f} h",
                f"{tally['virtual_s'] / max(tally['cpu_s'], 1e-9):,.0f} times",
            )
        )
    head = ("nights", "command", "result", "95 % upper limit, 3/n", "bench time", "real time, one core")
    return table(head, rows)


def fault_matrix() -> str:
    """Every cell: expected reaction, what was seen how often, and the first seed."""
    seen, places = _seen(short()), {cell: place for place, cell in enumerate(cells())}
    rows = []
    for fault in EXPECTED:
        row = [f"{fault} {TITLES[fault]}"]
        for phase in PHASES:
            if expected(fault, phase) == "-":
                row.append("cannot happen")
                continue
            found = seen.get((fault, phase), Counter())
            counts = ", ".join(f"{letter} {count}" for letter, count in sorted(found.items(), key=_by_count))
            met = all(_meets(fault, phase, letter) for letter in found)
            mark = "" if met else "*"
            row.append(f"{expected(fault, phase)}: {counts or 'not run'}{mark} (#{places[fault, phase]})")
        rows.append(row)
    more = (
        f"The further seeds of a cell follow at a distance of {PERIOD}: #0 is seed 0, {PERIOD}, {2 * PERIOD} and so on."
    )
    return table(("fault", *(f"{phase} {PHASE_NAMES[phase]}" for phase in PHASES)), rows) + f"\n\n{more}"


def planted_bugs() -> str:
    """Every bug that was planted, what caught it, and what was said first."""
    rows = json.loads((TALLIES / "planted-bugs.json").read_text("utf-8"))
    caught = sum(row["caught_by"] != "" for row in rows)
    body = [
        (str(number), row["bug"], row["rule"], row["caught_by"] or "**not caught**", row["said"].replace("|", "/"))
        for number, row in enumerate(rows)
    ]
    return f"{caught} of {len(rows)} were caught.\n\n" + table(("", "bug", "rule", "caught by", "said"), body)


def _by_count(item: tuple[str, int]) -> tuple[int, str]:
    return -item[1], item[0]


def fault_differences() -> str:
    """Where another reaction was seen than the expected one, by kind, with the reason.

    Raises `StaleWordsError` for a kind that has no reason.
    """
    nights: Counter[tuple[str, str]] = Counter()
    where: dict[tuple[str, str], set[str]] = defaultdict(set)
    for (fault, phase), found in _seen(short()).items():
        for letter, count in found.items():
            due = expected(fault, phase)
            if not _meets(fault, phase, letter):
                nights[due, letter] += count
                where[due, letter].add(fault)
    missing = sorted(kind for kind in nights if kind not in words.REACTIONS)
    if missing:
        raise StaleWordsError(f"reactions that differ and have no reason in docs/words.py: {missing}")
    order = list(EXPECTED)
    return table(
        ("expected", "seen", "nights", "faults", "why"),
        (
            (
                due,
                letter,
                f"{count:,}",
                ", ".join(sorted(where[due, letter], key=order.index)),
                words.REACTIONS[due, letter],
            )
            for (due, letter), count in sorted(nights.items(), key=lambda item: (-item[1], item[0]))
        ),
    )
