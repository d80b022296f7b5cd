"""How fast a kept reagent disappears: as the file says, or at the slow end of what is known of its reaction."""

from ruggli.chemistry.amounts import rate_constant
from ruggli.chemistry.kinetics.parameters import Catalyst, catalyst_of
from ruggli.plan.context import Context, VesselState
from ruggli.plan.demands import Delivery
from ruggli.plan.kept import UsedUp
from ruggli.protocol.model import Dose, Keep, RingClosure
from ruggli.quantities.base import Seconds
from ruggli.quantities.reader import Reading


def used_up(
    context: Context, step: Dose, state: VesselState, delivery: Delivery, reagent: str, bound: Keep
) -> UsedUp | None:
    """What the bound assumes of its reagent.

    Returns:
        None with `E-KEEP` in the findings where the file asks for a prediction that nobody can make.
    """
    half_life = bound.half_life
    if half_life is None:
        return UsedUp(0.0)
    if isinstance(half_life, Reading):
        constant = rate_constant(Seconds(half_life.base))
        return UsedUp(constant, text=f"a half-life of {half_life}")
    found, why = _catalyst(context, state, delivery, reagent)
    at = ("steps", delivery.index, "keep", reagent, "half_life")
    if found is None:
        context.findings.add(
            "E-KEEP",
            f"step {step.id}: how fast {reagent} reacts cannot be predicted: {why}",
            at,
            value="half_life: predicted",
            bound="the substrate of a ring closure by metathesis with a catalyst of known constants",
            remedy="write your own half-life, e.g. `half_life: 20 min`",
        )
        return None
    name, catalyst = found
    k, decay = catalyst.k_prime, catalyst.k_d(state.temperature)
    text = (
        f"the slow end of the prediction: {k.low:.3g} {k.unit} x [{name}], which decays with {decay.high:.3g} "
        f"{decay.unit} (mark {k.mark})"
    )
    context.findings.add(
        "N-KEEP",
        f"step {step.id}: the bound on {reagent} is planned with the slow end of the defaults for {catalyst.name}: "
        f"closure {k.low:.3g} {k.unit}, decay {decay.high:.3g} {decay.unit} (mark {k.mark}: no measurement)",
        at,
        value="half_life: predicted",
        bound=f"closure {k.low:.3g} to {k.high:.3g} {k.unit}",
        remedy="measure it and write `half_life` as a time; the defaults are right to an order of magnitude at best",
    )
    return UsedUp(0.0, k.low, name, decay.high, text)


def _catalyst(
    context: Context, state: VesselState, delivery: Delivery, reagent: str
) -> tuple[tuple[str, Catalyst] | None, str]:
    """The catalyst in the vessel or in the dose, or why there is none."""
    protocol = context.protocol
    chemistry = protocol.chemistry
    if chemistry is None or chemistry.ring_closure is not RingClosure.METATHESIS:
        return None, "the file does not say that it closes a ring by metathesis"
    limiting = next((name for name, row in protocol.reagents.items() if row.limiting), None)
    substrate = chemistry.substrate or limiting
    if reagent != substrate:
        return None, f"the constants are those of the substrate ({substrate})"
    mixtures = context.chemicals.mixtures
    here = [name for name, amount in state.amounts.items() if amount > 0]
    here += [solute for demand in delivery.demands for solute in mixtures[demand.solution].solutes]
    for name in dict.fromkeys(here):
        found = catalyst_of(protocol.reagents[name].cas or "")
        if found is not None:
            return (name, found), ""
    return None, "no catalyst in the vessel or in the dose has a CAS number with known constants"
