"""What a plan is expected to make, as a band: the kinetic model over the planned additions, with default constants."""

from dataclasses import dataclass

from ruggli.chemistry.kinetics.forecast import SAMPLES, Forecast, forecast
from ruggli.chemistry.kinetics.parameters import INHIBITION, Catalyst, Parameter, catalyst_of, effective_molarity
from ruggli.chemistry.kinetics.worker import ring_closure
from ruggli.errors import InputError
from ruggli.plan.flask import PlannedFlask, planned_flask
from ruggli.plan.model import Plan
from ruggli.protocol.model import Protocol, RingClosure, Role
from ruggli.quantities.base import Seconds

POINTS = 61
"""Times at which the courses are told."""
BENZOQUINONE = "106-51-4"


@dataclass(frozen=True, slots=True)
class Prediction:
    """What is expected.

    Attributes:
        flask: the reaction as planned.
        catalyst: whose constants were taken.
        ring_size: of the ring that is wanted.
        forecast: the bands.
    """

    flask: PlannedFlask
    catalyst: str
    ring_size: int
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
        InputError: the protocol does not say enough, or there are no constants for what it says.
    """
    chemistry = protocol.chemistry
    if chemistry is None:
        raise InputError(
            "the protocol does not say what it makes; write e.g. `chemistry: {ring_closure: metathesis, ring_size: 7}`"
        )
    if chemistry.ring_closure is not RingClosure.METATHESIS:
        raise InputError(
            f"there are no constants for ring closure by {chemistry.ring_closure.value}, only for metathesis; "
            "`ruggli kinetics` solves it with yours"
        )
    molarity = effective_molarity(chemistry.ring_size)
    if molarity is None:
        raise InputError(f"there are no constants for rings of {chemistry.ring_size}; they begin at rings of 5")
    substrate = chemistry.substrate or next((name for name, row in protocol.reagents.items() if row.limiting), None)
    if substrate is None:
        raise InputError("no reagent is the substrate; name it in `chemistry`, or mark the limiting reagent")
    name, catalyst = _catalyst(protocol, plan)
    flask = planned_flask(plan, {substrate: "M", name: "Ru"}, substrate)
    if flask is None:
        raise InputError(f"no step brings {substrate} into a vessel with a liquid")
    parameters: tuple[Parameter, ...] = (
        catalyst.k_prime,
        molarity,
        catalyst.k_d(flask.temperature),
        catalyst.phi,
        catalyst.k_iso,
    )
    if any(reagent.cas == BENZOQUINONE for reagent in protocol.reagents.values()):
        parameters += (INHIBITION,)
    end = flask.schedule.end
    times = [Seconds(end * index / (POINTS - 1)) for index in range(POINTS)]
    found = forecast(ring_closure, parameters, flask.schedule, times, samples=samples)
    return Prediction(flask, catalyst.name, chemistry.ring_size, found)


def _catalyst(protocol: Protocol, plan: Plan) -> tuple[str, Catalyst]:
    """The catalyst that the plan uses, with its constants."""
    used = [row.reagent for row in plan.reagents if row.role == Role.CATALYST.value and row.amount > 0]
    for name in used:
        found = catalyst_of(protocol.reagents[name].cas or "")
        if found is not None:
            return name, found
    told = ", ".join(used) or "none"
    raise InputError(
        f"there are no constants for the catalyst ({told}); they are known by CAS number, e.g. `cas: 246047-72-3` for "
        "Grubbs II"
    )
