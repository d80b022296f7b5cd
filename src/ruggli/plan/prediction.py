"""What a plan is expected to make, as a band: the kinetic model over the planned additions, with default constants."""

from dataclasses import dataclass

from ruggli.chemistry.kinetics.forecast import SAMPLES, Forecast, forecast
from ruggli.chemistry.kinetics.worker import ring_closure
from ruggli.plan.flask import PlannedFlask, planned_flask
from ruggli.plan.model import Plan, ReactionPlan
from ruggli.plan.reaction import reaction_of
from ruggli.protocol.model import Protocol
from ruggli.quantities.base import Seconds

POINTS = 61
"""Times at which the courses are told."""


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
        """Part of the substrate that is left at the end, with the defaults."""
        return self.forecast.yields["M"].value if "M" in self.forecast.yields else 0.0

    @property
    def coupled(self) -> float:
        """Part of the substrate that coupled, with the defaults."""
        return sum(self.forecast.yields[name].value for name in ("D", "CD", "U") if name in self.forecast.yields)


def predict(protocol: Protocol, plan: Plan, *, samples: int = SAMPLES) -> Prediction:
    """Predict a ring closure by metathesis.

    Args:
        protocol: the protocol; says with `chemistry` what it makes.
        plan: its plan.
        samples: number of sets of constants for the bands; 0 for the defaults alone.

    Raises:
        InputError: see `reaction_of`.
        KineticsError: a set of constants cannot be solved.
    """
    reaction = reaction_of(protocol, plan)
    substrate = next(name for name, species in reaction.species.items() if species == "M")
    flask = planned_flask(plan, reaction.species, substrate)
    assert flask is not None  # `reaction_of` found it
    end = flask.schedule.end
    times = [Seconds(end * index / (POINTS - 1)) for index in range(POINTS)]
    found = forecast(ring_closure, reaction.constants, flask.schedule, times, samples=samples)
    return Prediction(reaction, flask, found)
