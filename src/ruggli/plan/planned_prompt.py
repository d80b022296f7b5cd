"""A question to a person, as planned."""

from dataclasses import dataclass

from ruggli.plan.acts import Act
from ruggli.protocol.results import ResultKind
from ruggli.protocol.step import OnTimeout
from ruggli.quantities.base import Seconds
from ruggli.quantities.dimension import Dimension


@dataclass(frozen=True, slots=True)
class PlannedPrompt:
    """A question to a person.

    Attributes:
        id: stable id; what an answers file names. `<step id>` or `<step id>.<purpose>[.<device>]`.
        text: what to do or to find out, with every amount and unit.
        choices: allowed answers; () where `dimension`, `result` or free text is asked.
        dimension: dimension of a typed answer, or None.
        happy: the answer of the happy path, which `simulate` gives by default.
        takes: how long a person needs, for the timeline and for the default answers.
        timeout: how long the question waits beyond `takes`, or None for ever.
        on_timeout: what follows then.
        acts: what the hands do; performed on a simulated bench when the answer is `happy`.
        when: planned time from the start of the run.
        result: the result of an analysis that is asked for, or None.
    """

    id: str
    text: str
    choices: tuple[str, ...]
    dimension: Dimension | None
    happy: str
    takes: Seconds
    timeout: Seconds | None
    on_timeout: OnTimeout
    acts: tuple[Act, ...] = ()
    when: Seconds = Seconds(0.0)
    result: ResultKind | None = None

    @property
    def wanted(self) -> str:
        """What a typed answer has to be, "" where any text will do or one of `choices`."""
        if self.result is not None:
            return self.result.wanted
        return self.dimension.phrase if self.dimension is not None else ""

    @property
    def example(self) -> str:
        """An answer that is taken."""
        if self.result is not None:
            return self.result.example
        return self.dimension.example if self.dimension is not None else self.happy or self.choices[0]
