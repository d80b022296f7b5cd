"""Analyses with samples: numbered, taken, and entered result by result."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ruggli.engine.orders import NOTHING_TO_DO, Decision, Entry
from ruggli.engine.phases import AskPhase
from ruggli.engine.samples import sample_name
from ruggli.engine.steps.asking import MonitorRunner
from ruggli.engine.view import View
from ruggli.plan.model import MonitorWork, PlannedPrompt
from ruggli.protocol.decision import rule_for
from ruggli.protocol.model import AnswerRule


class SamplingRunner(MonitorRunner):
    """Has a sample taken, asks for each of its results or for a word, and does what the rule for it says.

    A sample keeps its number through holds and crashes; what is missing of it is asked again.

    Args:
        step: id of the step.
        work: the analysis.
        before: how many samples the run has taken so far.
    """

    def __init__(self, step: str, work: MonitorWork, before: int) -> None:
        super().__init__(step, work)
        self._number = before + 1
        self._taken = False
        self._told = False
        self._standing = ""

    def _look(self, view: View) -> Decision:
        take, *others = self._work.questions(self._asking)
        if not self._taken:
            if take.id not in view.answers:
                return self._put(take)
            self._taken = True
            return Decision(entries=(Entry("aliquot", self._aliquot(), durable=True),))
        missing = next((prompt for prompt in others if prompt.id not in view.answers), None)
        if missing is not None:
            return self._put(missing)
        rule, answer, results = self._entered(view)
        if results and not self._told:
            self._told = True
            entry = {"number": self._number, "step": self._step, "results": results}
            return Decision(entries=(Entry("analysis", entry, durable=True),))
        return self._follow(rule, answer, view.now)

    def _put(self, prompt: PlannedPrompt) -> Decision:
        if self._standing == prompt.id:
            return NOTHING_TO_DO
        self._standing = prompt.id
        return Decision(ask=(replace(prompt, text=f"{sample_name(self._number)}: {prompt.text}"),))

    def _aliquot(self) -> dict[str, Any]:
        sampling = self._work.sampling
        assert sampling is not None
        told = {"number": self._number, "step": self._step, "vessel": self._work.vessel, "method": sampling.method}
        return {**told, "volume_mL": sampling.aliquot, "prompt": sampling.samples[self._asking].take.id}

    def _entered(self, view: View) -> tuple[AnswerRule, str, list[dict[str, Any]]]:
        """The rule that applies, what was answered for people, and the results."""
        sampling = self._work.sampling
        assert sampling is not None
        questions = sampling.samples[self._asking].results
        if not questions:
            word = view.answers[self._work.prompts[self._asking].id]
            return next(rule for rule in self._work.rules if rule.answer == word), word, []
        values = {(q.kind, q.of): q.kind.read(view.answers[q.prompt.id]) for q in questions}
        rule = rule_for(self._work.rules, values)
        assert rule is not None  # the loader refuses a table with a gap
        answer = ", ".join(f"{kind.words(of)} {kind.text(value)}" for (kind, of), value in values.items())
        results = [
            {"result": kind.word, "of": of, "value": kind.figure(value), "unit": kind.unit}
            for (kind, of), value in values.items()
        ]
        return rule, f"{sample_name(self._number)}: {answer}", results

    def _next_asking(self) -> None:
        super()._next_asking()
        self._number += 1
        self._taken = self._told = False
        self._standing = ""

    def restart(self, view: View) -> Decision:
        """Ask again where a question stood."""
        self._standing = ""
        return NOTHING_TO_DO

    def snapshot(self) -> dict[str, Any]:
        """Which asking it is, of which sample, and how far that one is."""
        return {**super().snapshot(), "number": self._number, "taken": self._taken, "told": self._told}

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        """Take up the sample; where the step waited for the next one, that one is taken at once."""
        super().restore(snapshot)
        self._number = int(snapshot.get("number", self._number))
        self._taken, self._told = bool(snapshot.get("taken", False)), bool(snapshot.get("told", False))
        if snapshot.get("phase") == AskPhase.WAIT.value:
            self._next_asking()
