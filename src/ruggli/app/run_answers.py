"""From what is known of a run to answers of a diagnosis."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from ruggli.app.run_facts import RunFacts
from ruggli.quantities.base import Celsius, Molar, Seconds
from ruggli.quantities.dimension import Dimension
from ruggli.quantities.reader import show

DILUTE: Final = Molar(0.01)
"""Highest concentration of the substrate (L62, L136)."""
SHORTEST_ADDITION: Final = Seconds(4 * 3600.0)
"""L136."""
WARMEST: Final = Celsius(40.0)
"""L67."""
SHORTEST_DEGASSING: Final = Seconds(1800.0)
"""L130."""
LEAST_LOADING: Final = 0.01
MOST_LOADING: Final = 0.05
"""Catalyst over substrate (L135)."""
NEAR: Final = 0.002
"""Relative; a pump holds a rate in few digits, so a time or concentration that is so near the bound is at it."""


@dataclass(frozen=True, slots=True)
class Known:
    """What a run says on a question.

    Attributes:
        word: the answer, or None where the run decides only a part of it.
        why: what is known, with units.
    """

    word: str | None
    why: str


def answers_of(facts: RunFacts) -> Mapping[str, Known]:
    """What is known on questions of `ruggli.chemistry.diagnosis.low_yield`, by id."""
    found = {
        "R2": _dilution(facts),
        "R3": _addition(facts),
        "R5": _temperature(facts),
        "R8": _catalyst(facts),
        "A5": _hydride(facts),
        "C2": _coupling(facts),
    }
    known = {key: value for key, value in found.items() if value is not None}
    if facts.ring_closure is not None:
        known["root"] = Known(facts.ring_closure, f"`chemistry.ring_closure` of the protocol is {facts.ring_closure}")
    return known


def _dilution(facts: RunFacts) -> Known | None:
    if facts.nominal is None:
        return None
    told = f"nominal final concentration {show(facts.nominal, Dimension.CONCENTRATION)}"
    if facts.nominal > DILUTE * (1 + NEAR):
        return Known("yes", told)
    if facts.at_once is None:
        return Known(None, told)
    if facts.at_once:
        return Known("yes", f"{told}, but the substrate was charged at once")
    return Known("no", f"{told}, and the substrate was pumped in")


def _addition(facts: RunFacts) -> Known | None:
    if facts.addition_time is None or facts.peak is None:
        return None
    peak = f"at most {show(facts.peak, Dimension.CONCENTRATION)} of open chain, if nothing had reacted"
    told = f"addition time {show(facts.addition_time, Dimension.DURATION)}"
    if facts.addition_time < SHORTEST_ADDITION * (1 - NEAR):
        return Known("yes", told)
    return Known("no" if facts.peak <= DILUTE * (1 + NEAR) else None, f"{told}, {peak}")


def _temperature(facts: RunFacts) -> Known | None:
    if facts.hottest is None:
        return None
    word = "yes" if facts.hottest > WARMEST else "no"
    return Known(word, f"the flask was to be at {show(facts.hottest, Dimension.TEMPERATURE)} at most")


def _catalyst(facts: RunFacts) -> Known | None:
    parts, wrong = [], []
    if facts.degassed is not None:
        parts.append(f"degassed for {show(facts.degassed, Dimension.DURATION)}")
        wrong += parts[-1:] if facts.degassed < SHORTEST_DEGASSING * (1 - NEAR) else []
    if facts.loading is not None:
        parts.append(f"{100 * facts.loading:.4g} mol% of catalyst")
        within = LEAST_LOADING * (1 - NEAR) <= facts.loading <= MOST_LOADING * (1 + NEAR)
        wrong += [] if within else parts[-1:]
    if wrong:
        return Known("no", ", ".join(wrong))
    parts += [] if facts.inert is None else [f"{facts.inert} over the flask"]
    return Known(None, f"{', '.join(parts)}; whether flask and substrate were dry is not recorded") if parts else None


def _hydride(facts: RunFacts) -> Known | None:
    parts = list(_reductive_conditions(facts))
    return Known(None, ", ".join(parts)) if parts else None


def _coupling(facts: RunFacts) -> Known | None:
    if facts.bare_carbodiimide is None:
        return None
    return Known("yes" if facts.bare_carbodiimide else "no", f"coupled with {facts.coupling}")


def _reductive_conditions(facts: RunFacts) -> Iterator[str]:
    if facts.acid is not None:
        yield f"{facts.acid:.4g} eq of acid before the hydride"
    if facts.reductant is not None:
        portions = "" if facts.portions is None else f" in {facts.portions} portion{'' if facts.portions == 1 else 's'}"
        yield f"{facts.reductant:.4g} eq of hydride{portions}"
