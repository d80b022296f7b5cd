"""What a plan is expected to make, as a band: the kinetic model over the planned additions, with default constants."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from math import fsum, log
from types import MappingProxyType

from ruggli.chemistry.kinetics.forecast import SAMPLES, Forecast, forecast
from ruggli.chemistry.kinetics.schemes import MACROCYCLISATION, REDUCTIVE_AMINATION, model_of
from ruggli.plan.conversion import LEFT_OVER
from ruggli.plan.flask import PlannedFlask, planned_flask
from ruggli.plan.model import Plan
from ruggli.plan.reaction import reaction_of
from ruggli.plan.reaction_plan import ReactionPlan
from ruggli.protocol.model import Protocol
from ruggli.quantities.base import Seconds
from ruggli.quantities.dimension import Dimension
from ruggli.quantities.reader import show

SUBSTRATES = ("M", "A")
"""What closes the ring, in one scheme or the other."""

_LEFT: Mapping[str, tuple[str, ...]] = MappingProxyType({MACROCYCLISATION: ("M",), REDUCTIVE_AMINATION: ("A", "I")})
_COUPLED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {MACROCYCLISATION: ("D", "CD", "U"), REDUCTIVE_AMINATION: ("J2", "DM", "J3", "OA")}
)

POINTS = 61
"""Times at which the courses are told."""
COUPLED = 0.10
DILUTE = 0.01
"""mol/L."""
SLOW = 5.0
HALF_LIVES = 2.0
"""Bounds of the rules X-02 (and RA-22), X-03 and X-17."""


@dataclass(frozen=True, slots=True)
class Foreseen:
    """A rule that the prediction, with its default constants, does not keep.

    Attributes:
        rule: id of the rule.
        value: what is predicted, with unit.
        remedy: what to do, where that of the rule is not for this reaction.
    """

    rule: str
    value: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Prediction:
    """What is expected.

    Attributes:
        reaction: which reaction, with its constants.
        flask: what goes into the flask, as planned.
        forecast: the bands.
    """

    reaction: ReactionPlan
    flask: PlannedFlask
    forecast: Forecast

    @property
    def left_over(self) -> float:
        """Part of the substrate that did not react, or only to the imine, at the end, with the defaults."""
        return self._part(*_LEFT[self.reaction.model])

    @property
    def coupled(self) -> float:
        """Part of the substrate in products of two molecules and more, with the defaults."""
        return self._part(*_COUPLED[self.reaction.model])

    def _part(self, *names: str) -> float:
        yields = self.forecast.yields
        return fsum(yields[name].value for name in names if name in yields)

    @property
    def slowness(self) -> float:
        """Rate constant of the ring closure, with all catalyst in, times the time in which the substrate comes in."""
        schedule = self.flask.schedule
        ruthenium = schedule.put_in(schedule.end).get("Ru", 0.0) / schedule.volume_at(schedule.end)
        return self._constant("k_prime") * ruthenium * self._addition

    @property
    def _addition(self) -> float:
        return max((feed.duration for feed in self.flask.schedule.feeds if feed.amounts.get("M")), default=0.0)

    def _constant(self, name: str) -> float:
        return next(parameter.value for parameter in self.forecast.parameters if parameter.name == name)

    def foreseen(self) -> Iterator[Foreseen]:
        """The rules X-01, X-02, X-03 and X-17 of a metathesis, X-01 and RA-22 of an amination, as far as broken."""
        amination = self.reaction.model == REDUCTIVE_AMINATION
        if self.left_over > LEFT_OVER:
            converted = f"{100 * (1.0 - self.left_over):.3g} % of the substrate is converted at the end"
            yield Foreseen("X-01", converted, "more hydride, or a longer hold" if amination else "")
        if amination:
            if self.coupled > COUPLED:
                yield Foreseen("RA-22", f"{100 * self.coupled:.3g} % of the substrate goes into products of two")
            return
        if self.coupled > COUPLED:
            yield Foreseen("X-02", f"{100 * self.coupled:.3g} % of the substrate couples")
        elif self.forecast.peak.value > DILUTE:
            yield Foreseen("X-02", f"{show(self.forecast.peak.value, Dimension.CONCENTRATION)} of open chain")
        if self._addition and self.slowness < SLOW:
            yield Foreseen("X-03", f"k_intra times addition time is {self.slowness:.2g}")
        half_life = log(2.0) / self._constant("k_d")
        if self.flask.schedule.amounts.get("Ru") and self._addition > HALF_LIVES * half_life:
            told = show(half_life, Dimension.DURATION)
            yield Foreseen("X-17", f"{self._addition / half_life:.3g} half-lives of {told} during the addition")


def predict(protocol: Protocol, plan: Plan, *, samples: int = SAMPLES, points: int = POINTS) -> Prediction:
    """Predict a ring closure by metathesis or by reductive amination.

    Args:
        protocol: the protocol; says with `chemistry` what it makes.
        plan: its plan.
        samples: number of sets of constants for the bands; 0 for the defaults alone.
        points: times at which the courses are told; 0 for none.

    Raises:
        InputError: see `reaction_of`.
        KineticsError: a set of constants cannot be solved.
    """
    reaction = reaction_of(protocol, plan)
    substrate = next(name for name, species in reaction.species.items() if species in SUBSTRATES)
    flask = planned_flask(plan, reaction.species, substrate)
    assert flask is not None  # `reaction_of` found it
    end = flask.schedule.end
    times = [Seconds(end * index / (points - 1)) for index in range(points)]
    found = forecast(partial(model_of, reaction.model), reaction.constants, flask.schedule, times, samples=samples)
    return Prediction(reaction, flask, found)
