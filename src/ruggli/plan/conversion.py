"""How much of the substrate can close to the ring at best, without a solver: a bound for `check` and `plan`.

Only ring closure is counted, by catalyst that never dies: whatever else happens makes less ring. A drop of substrate
that comes at time t closes by 1 - exp(-k' times the exposure), the exposure being the integral of [Ru] from t on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, fsum, log

from ruggli.chemistry.kinetics.schedule import Schedule
from ruggli.chemistry.kinetics.schemes import MACROCYCLISATION
from ruggli.plan.findings import Findings
from ruggli.plan.flask import planned_flask
from ruggli.plan.model import Plan
from ruggli.plan.reaction_plan import ReactionPlan

LEFT_OVER = 0.05
"""Part of the substrate that rule X-01 lets be left."""
DROPS = 64
"""Drops into which a feed is cut."""


@dataclass(frozen=True, slots=True)
class _Span:
    """A time in which flows do not change: volume and catalyst at its beginning, and how fast they grow."""

    start: float
    end: float
    volume: float
    flow: float
    catalyst: float
    rate: float

    def exposure(self, since: float) -> float:
        """Integral of [Ru] over the part of the span after a time, mol/L times s."""
        begin = min(max(since, self.start), self.end)
        time = self.end - begin
        volume = self.volume + self.flow * (begin - self.start)
        catalyst = self.catalyst + self.rate * (begin - self.start)
        if self.flow * time < 1e-9 * volume:
            return (catalyst + 0.5 * self.rate * time) * time / volume
        grown = log((volume + self.flow * time) / volume)
        return self.rate / self.flow * time + (catalyst - self.rate * volume / self.flow) / self.flow * grown


def best_ring(schedule: Schedule, k_prime: float) -> float:
    """Highest part of the substrate that can be ring at the end of a schedule; 1.0 where none comes.

    Args:
        schedule: with the species M and Ru.
        k_prime: ring closure, L/mol/s.
    """
    spans = [
        _Span(start, end, schedule.volume_at(start), flow, schedule.put_in(start).get("Ru", 0.0), rates.get("Ru", 0.0))
        for start, end in schedule.spans()
        for flow, rates in (schedule.flowing(start, end),)
    ]
    drops = [(0.0, float(schedule.amounts.get("M", 0.0)))]
    drops += [(float(portion.time), float(portion.amounts.get("M", 0.0))) for portion in schedule.portions]
    for feed in schedule.feeds:
        each = feed.amounts.get("M", 0.0) / DROPS
        drops += [(feed.start + feed.duration * (number + 0.5) / DROPS, each) for number in range(DROPS)]
    coming = [(time, amount) for time, amount in drops if amount > 0.0 and time <= schedule.end]
    put_in = fsum(amount for _, amount in coming)
    if put_in <= 0.0:
        return 1.0
    return 1.0 - fsum(amount * exp(-k_prime * _exposure(spans, time)) for time, amount in coming) / put_in


def _exposure(spans: Sequence[_Span], since: float) -> float:
    return fsum(span.exposure(since) for span in spans)


def check_conversion(plan: Plan, reaction: ReactionPlan, findings: Findings) -> None:
    """Say that a metathesis cannot convert its substrate: a warning where not even favourable constants do it."""
    if reaction.model != MACROCYCLISATION or findings.refuses:
        return
    substrate = next(name for name, species in reaction.species.items() if species == "M")
    flask = planned_flask(plan, reaction.species, substrate)
    k_prime = next(constant for constant in reaction.constants if constant.name == "k_prime")
    if flask is None:
        return
    usual, best = (best_ring(flask.schedule, value) for value in (k_prime.value, k_prime.high))
    if usual >= 1.0 - LEFT_OVER:
        return
    findings.add(
        "N-CONVERSION" if best >= 1.0 - LEFT_OVER else "W-CONVERSION",
        "against rule X-01 (added, not in the source document): the catalyst has too little time at this dilution, "
        "even if none of it dies",
        ("chemistry",),
        value=f"at most {100 * usual:.3g} % ring with k' {k_prime.value:.3g} L/mol/s, {100 * best:.3g} % with "
        f"{k_prime.high:.3g} L/mol/s (mark {k_prime.mark}: defaults, no measurement)",
        bound="at least 95 %",
        remedy="more catalyst, a longer hold, less solvent; `ruggli predict` tells more",
    )
