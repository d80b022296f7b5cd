"""Advice on a protocol: every candidate is planned on the rig and solved, in processes beside this one."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ruggli.app.planning import prepare
from ruggli.documents.problem import ProblemsError, blocking
from ruggli.errors import InputError
from ruggli.plan.advice.front import Candidate, Order, front, nearest, seeds, thinned
from ruggli.plan.advice.grid import grid_of
from ruggli.plan.advice.levers import Levers, levers_of
from ruggli.plan.advice.target import Target
from ruggli.plan.reaction import reaction_of
from ruggli.protocol.parameters import resolve
from ruggli.quantities.base import Seconds
from ruggli.world.process import processors, run_modules

if TYPE_CHECKING:
    from ruggli.app.planning import Ask, Ready

WORKER = "ruggli.app.advice_worker"
LONGEST = Seconds(3600.0)
"""Longest time for all candidates."""
FEW = 8
"""Fewer candidates than this for a process do not repay its start."""

FEWEST = 5
"""Fewest values of a lever beside one of the best."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked.

    Attributes:
        targets: what is to be reached.
        smallest: the cost that is to be small, one of `COSTS`.
        confidence: part of the samples that has to meet the targets too; 0 for none.
        candidates: about how many are tried.
        rows: how many are shown, at most.
        accepted: codes of accepted warnings.
    """

    targets: tuple[Target, ...]
    smallest: str
    confidence: float = 0.0
    candidates: int = 2000
    rows: int = 10
    accepted: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Row:
    """A candidate with its bands.

    Attributes:
        candidate: see `Candidate`.
        bands: by figure, `value`, `low` and `high` in base units.
        share: part of the samples that meet the targets.
        pre_charged: band of the ring with all the catalyst in the flask from the start, or None.
    """

    candidate: Candidate
    bands: Mapping[str, Mapping[str, float]]
    share: float
    pre_charged: Mapping[str, float] | None


@dataclass(frozen=True, slots=True)
class Advice:
    """What came of a question.

    Attributes:
        question: see `Question`.
        levers: what was moved and what was not.
        tried: number of candidates.
        planned: how many of them can be planned.
        met: how many of these meet the targets.
        refused: by code, how many candidates it refuses, most first.
        now: the protocol as it stands, or None where it cannot be planned.
        rows: the trade-off, the cheapest in what is made small first; empty where no candidate meets the targets.
        nearest: the candidate that misses least, where none meets the targets.
    """

    question: Question
    levers: Levers
    tried: int
    planned: int
    met: int
    refused: Mapping[str, int]
    now: Row | None
    rows: tuple[Row, ...]
    nearest: Row | None


def advise(ask: Ask, question: Question) -> Advice:
    """Search.

    Raises:
        ProblemsError: a file was refused, or something that no candidate can change.
        InputError: a file is not there, there is nothing to predict or to vary.
        RuggliError: a process could not be started, took too long or failed.
    """
    prepared = prepare(ask)
    if prepared.ready is None:
        raise ProblemsError(prepared.problems)
    plans = prepared.ready.plan.problems
    others = blocking((problem for problem in prepared.problems if problem not in plans), question.accepted)
    if others:
        raise ProblemsError(others)
    levers = _levers(prepared.ready, ask, question)
    grid = grid_of(levers.moving, question.candidates // 2)
    search = _Search(_Door(prepared.ready, ask, question), question)
    search.add([{}, *grid.candidates])
    order = search.order()
    if order is not None:
        centres = seeds(search.met, order) or tuple(filter(None, [nearest(search.planned, question.targets)]))
        steps = (question.candidates - question.candidates // 2) // (len(centres) * len(levers.moving))
        search.add([settings for centre in centres for settings in grid.lines(centre.settings, max(steps, FEWEST))])
    return search.advice(levers, order)


class _Search:
    """Candidates as they are tried; none twice."""

    def __init__(self, door: _Door, question: Question) -> None:
        self._door = door
        self._question = question
        self._answers: dict[tuple[str, ...], Candidate | None] = {}
        self._refused: Counter[str] = Counter()
        self.now: Candidate | None = None

    def add(self, candidates: Sequence[dict[str, str]]) -> None:
        """Try some more."""
        fresh = {tuple(settings.values()): settings for settings in candidates}
        for key in self._answers:
            fresh.pop(key, None)
        for settings, row in zip(fresh.values(), self._door.ask(list(fresh.values()), full=False), strict=True):
            found = _candidate(settings, row) if "figures" in row else None
            if settings:
                self._answers[tuple(settings.values())] = found
                self._refused.update(row.get("refused", ()))
            else:
                self.now = found

    @property
    def planned(self) -> list[Candidate]:
        """Those that can be planned, in the order in which they were tried."""
        return [found for found in self._answers.values() if found is not None]

    @property
    def met(self) -> list[Candidate]:
        """Those of them that meet the targets."""
        asked = self._question
        return [found for found in self.planned if found.meets(asked.targets, asked.confidence)]

    def order(self) -> Order | None:
        """What is small, against the protocol as it stands; None where nothing can be planned."""
        basis = next(iter([self.now] if self.now else self.planned), None)
        return None if basis is None else Order(self._question.smallest, basis.figures)

    def advice(self, levers: Levers, order: Order | None) -> Advice:
        """What came of it, the best with their bands."""
        asked, planned, met = self._question, self.planned, self.met
        chosen = () if order is None else thinned(front(met, order), asked.rows)
        miss = None if met else nearest(planned, asked.targets)
        shown = [candidate for candidate in (self.now, miss, *chosen) if candidate is not None]
        rows = dict(zip(map(id, shown), self._door.rows(shown), strict=True))
        return Advice(
            asked,
            levers,
            len(self._answers),
            len(planned),
            len(met),
            dict(self._refused.most_common()),
            None if self.now is None else rows[id(self.now)],
            tuple(rows[id(candidate)] for candidate in chosen),
            None if miss is None else rows[id(miss)],
        )


def _levers(ready: Ready, ask: Ask, question: Question) -> Levers:
    protocol, plan = ready.protocol.protocol, ready.plan
    reaction = reaction_of(protocol, plan)
    if reaction.model != "macrocyclisation":
        scheme = reaction.model.replace("-", " ")
        raise InputError(
            f"{ask.protocol}: advice is given on ring closure by metathesis only: its levers are a slow addition and a "
            f"catalyst, and a {scheme} has neither; compare settings with `ruggli predict {ask.protocol} "
            "--set NAME=VALUE`"
        )
    document = ready.protocol.document
    uses = resolve(document, ask.settings).uses
    found = levers_of(protocol, document, uses, plan, reaction, question.accepted, frozenset(ask.settings))
    if not found.moving:
        why = "; ".join(f"{fixed.kind.value}: {fixed.why}" for fixed in found.fixed)
        raise InputError(f"{ask.protocol}: there is nothing to vary. {why}")
    return found


def _candidate(settings: dict[str, str], row: Mapping[str, Any]) -> Candidate:
    return Candidate(settings, row["figures"], row["refills"], tuple(row["warnings"]), row["share"])


class _Door:
    """The processes that try candidates."""

    def __init__(self, ready: Ready, ask: Ask, question: Question) -> None:
        protocol, rig = ready.protocol.document, ready.rig.document
        self._asked = {
            "protocol": protocol.text,
            "protocol_file": protocol.file,
            "rig": rig.text,
            "rig_file": rig.file,
            "settings": dict(ask.settings),
            "unattended": ask.unattended,
            "waived": [waiver.device for waiver in ask.waivers],
            "accepted": sorted(question.accepted),
            "targets": [str(target) for target in question.targets],
            "confidence": question.confidence,
        }

    def ask(self, candidates: Sequence[Mapping[str, str]], *, full: bool) -> list[dict[str, Any]]:
        """A row for each candidate, in their order."""
        if not candidates:
            return []
        number = max(1, min(processors(), len(candidates) // FEW))
        shares = [
            json.dumps({**self._asked, "full": full, "candidates": candidates[first::number]}).encode()
            for first in range(number)
        ]
        found: list[dict[str, Any]] = [{}] * len(candidates)
        for first, data in enumerate(run_modules(WORKER, shares, LONGEST)):
            found[first::number] = json.loads(data)
        return found

    def rows(self, candidates: Sequence[Candidate]) -> list[Row]:
        """Candidates with their bands."""
        answers = self.ask([dict(candidate.settings) for candidate in candidates], full=True)
        return [
            Row(candidate, row["bands"], row["share"], row["pre_charged"])
            for candidate, row in zip(candidates, answers, strict=True)
        ]
