"""What a portion waits for beside time and temperature, and the heat that it has to give; every number decided."""

from dataclasses import dataclass

from ruggli.plan.planned_prompt import PlannedPrompt
from ruggli.quantities.base import Celsius, Kelvin, Seconds

QUIET = "quiet"
BUBBLING = "still bubbling"
ASK_AGAIN = Seconds(300.0)
"""After an answer that does not open a gate, the question is put again after this time."""


@dataclass(frozen=True, slots=True)
class PortionGates:
    """Questions before a portion.

    Attributes:
        quiet: has the gas died down? One for each portion but the first; () where it is not asked.
        ph: what is the pH? One for each portion; () where it is not asked.
        lowest: lowest pH at which a portion may be added; no meaning without `ph`.
        highest: highest pH.
    """

    quiet: tuple[PlannedPrompt, ...] = ()
    ph: tuple[PlannedPrompt, ...] = ()
    lowest: float = 0.0
    highest: float = 14.0

    @property
    def prompts(self) -> tuple[PlannedPrompt, ...]:
        """All of them."""
        return self.quiet + self.ph

    def before(self, given: int) -> tuple[PlannedPrompt, ...]:
        """The questions that come before the next portion, once `given` portions are in."""
        quiet = self.quiet[given - 1 : given] if given else ()
        return quiet + self.ph[given : given + 1]

    def opens(self, prompt: PlannedPrompt, answer: str) -> bool | None:
        """Whether an answer opens the gate; None where it is no answer."""
        if prompt.choices:
            return answer == QUIET
        found = read_ph(answer)
        return None if found is None else self.lowest <= found <= self.highest


def read_ph(text: str) -> float | None:
    """The pH of a typed answer such as `5.2` or `pH 5.2`; None where it is no number from 0 to 14."""
    bare = text.strip().removeprefix("pH").strip()
    whole, _, digits = bare.partition(".")
    if not (whole.isascii() and whole.isdigit() and (not digits or (digits.isascii() and digits.isdigit()))):
        return None
    return float(bare) if len(bare) <= 6 and float(bare) <= 14.0 else None


@dataclass(frozen=True, slots=True)
class HeatDue:
    """The heat that portions have to give.

    Attributes:
        what: reagent or solution, for people.
        rise: the vessel has to warm by this.
        within: after the portion was given.
        kept_at: temperature at which a heater keeps the vessel, or None: a rise is counted from there at least.
        due: whether each portion is watched; not where the substrate is used up before it.
        expected: adiabatic rise of each portion, () where nobody knows.
    """

    what: str
    rise: Kelvin
    within: Seconds
    kept_at: Celsius | None
    due: tuple[bool, ...]
    expected: tuple[Kelvin, ...] = ()
