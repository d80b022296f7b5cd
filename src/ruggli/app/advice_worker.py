"""Tries candidates in a process of its own: `python -m ruggli.app.advice_worker`, JSON in, JSON out.

In: the two files, what decides a plan, `targets` and `confidence`, `candidates` (settings), and `full`: whether each
is told with its bands. Out: one row for each candidate, in that order; see `tried` and `in_full`.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from ruggli.app.drivers import cards
from ruggli.app.structures import structures_of
from ruggli.chemistry.kinetics.worker import band_as_json
from ruggli.chemistry.structures.interface import Structures
from ruggli.chemistry.structures.remembered import RememberedStructures
from ruggli.documents.problem import ProblemsError, Severity, blocking
from ruggli.documents.reader import read_document
from ruggli.errors import InputError
from ruggli.plan.advice.target import Target, read_targets
from ruggli.plan.advice.trial import outlook, try_candidate
from ruggli.plan.make import make_plan
from ruggli.plan.model import Plan
from ruggli.plan.settings import PlanSettings
from ruggli.protocol.loader import ProtocolFile, check_document
from ruggli.rig.loader import RigFile, read_rig

Json = Mapping[str, Any]


class Bench:
    """The two files as the worker was given them, and what decides a plan."""

    def __init__(self, asked: Json) -> None:
        self._document = read_document(asked["protocol"].encode(), asked["protocol_file"])
        self._rig: RigFile = read_rig(asked["rig"].encode(), asked["rig_file"])
        self._given: Mapping[str, str] = asked["settings"]
        self._cards = cards()
        self._settings = PlanSettings(asked["unattended"], frozenset(asked["waived"]))
        self._structures: Structures | None = None
        self.accepted = frozenset(asked["accepted"])

    def plan(self, settings: Mapping[str, str]) -> tuple[ProtocolFile, Plan]:
        """The plan with some parameters changed. Raises `ProblemsError`."""
        every = {**self._given, **settings}
        protocol = check_document(self._document, every, unattended=self._settings.unattended)
        if self._structures is None:
            found = structures_of(protocol.protocol)
            self._structures = None if found is None else RememberedStructures(found)
        return protocol, make_plan(protocol, self._rig, self._cards, self._settings, self._structures)


def tried(bench: Bench, settings: dict[str, str], targets: Sequence[Target], confidence: float) -> dict[str, Any]:
    """A candidate with default constants: its figures, or the codes of what refuses it."""
    try:
        protocol, plan = bench.plan(settings)
        refusing = blocking(plan.problems, bench.accepted)
        if refusing:
            return {"refused": sorted({problem.code for problem in refusing})}
        found = try_candidate(protocol.protocol, plan, settings, targets, confidence)
    except ProblemsError as error:
        return {"refused": sorted({p.code for p in error.problems if p.severity is Severity.ERROR})}
    except InputError:
        return {"refused": ["E-INPUT"]}  # no reaction to solve, or equations without a solution
    return {
        "figures": dict(found.figures),
        "refills": found.refills,
        "warnings": list(found.warnings),
        "share": found.share,
    }


def in_full(bench: Bench, settings: dict[str, str], targets: Sequence[Target]) -> dict[str, Any]:
    """A candidate with its bands. Raises `InputError`."""
    protocol, plan = bench.plan(settings)
    found = outlook(protocol.protocol, plan, targets)
    before = found.pre_charged
    return {
        "bands": {name: band_as_json(band) for name, band in found.bands.items()},
        "share": found.share,
        "pre_charged": None if before is None else band_as_json(before),
    }


def answer(asked: Json) -> list[dict[str, Any]]:
    """A row for each candidate that is asked for."""
    bench = Bench(asked)
    targets = read_targets(asked["targets"])
    if asked["full"]:
        return [in_full(bench, settings, targets) for settings in asked["candidates"]]
    return [tried(bench, settings, targets, asked["confidence"]) for settings in asked["candidates"]]


def main() -> None:
    """Read JSON on standard input, write JSON on standard output."""
    asked = json.loads(sys.stdin.buffer.read())
    sys.stdout.buffer.write(json.dumps(answer(asked), allow_nan=False).encode())


if __name__ == "__main__":
    main()
