"""What an analysis comes to: what is taken, what is asked, and what each answer or result does."""

from dataclasses import dataclass

from ruggli.plan.planned_prompt import PlannedPrompt
from ruggli.protocol.monitor_step import AnswerRule
from ruggli.protocol.results import ResultKind
from ruggli.quantities.base import Millilitres


@dataclass(frozen=True, slots=True)
class ResultQuestion:
    """One result that is entered: of which kind, of which substance ("" for the conversion), and the question."""

    kind: ResultKind
    of: str
    prompt: PlannedPrompt


@dataclass(frozen=True, slots=True)
class PlannedSample:
    """One sample.

    Attributes:
        take: the question that has it taken; the engine puts the number of the sample before its text.
        results: what is entered, in the order of asking; () where a word is the answer.
    """

    take: PlannedPrompt
    results: tuple[ResultQuestion, ...]


@dataclass(frozen=True, slots=True)
class Sampling:
    """How samples are taken.

    Attributes:
        method: of the analysis.
        aliquot: what a sample takes out of the vessel; 0 mL where the file gives none.
        uncertainty: one standard deviation of a conversion, part of 1; None where the file gives none.
        samples: `samples[n]` is that of the n-th asking.
    """

    method: str
    aliquot: Millilitres
    uncertainty: float | None
    samples: tuple[PlannedSample, ...]


@dataclass(frozen=True, slots=True)
class MonitorWork:
    """An analysis by a person.

    Attributes:
        vessel: whose contents are analysed.
        prompts: `prompts[n]` asks for a word the n-th time; () where results are entered.
        rules: what each answer or result does.
        sampling: see `Sampling`; None where nothing is taken and no result is entered.
    """

    vessel: str
    prompts: tuple[PlannedPrompt, ...]
    rules: tuple[AnswerRule, ...]
    sampling: Sampling | None = None

    @property
    def askings(self) -> int:
        """How often it may be asked."""
        return len(self.prompts) if self.sampling is None else len(self.sampling.samples)

    def questions(self, asking: int) -> tuple[PlannedPrompt, ...]:
        """Every question of one asking, in order."""
        words = self.prompts[asking : asking + 1]
        if self.sampling is None:
            return words
        sample = self.sampling.samples[asking]
        return (sample.take, *(question.prompt for question in sample.results), *words)
