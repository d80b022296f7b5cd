"""What the journal of a run knows that a diagnosis asks for."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ruggli.chemistry.compounds import Trait
from ruggli.errors import InputError
from ruggli.journal.reader import JournalView
from ruggli.plan.known import is_known
from ruggli.protocol.loader import read_protocol
from ruggli.protocol.model import Protocol, Role, Sparge
from ruggli.quantities.base import Celsius, Millimoles, Molar, Seconds

Json = Mapping[str, Any]
_AFTER_THE_REACTION = frozenset({"cool", "quench", "extract", "dry", "filter", "concentrate", "purify"})
_COUPLING = (Trait.CARBODIIMIDE, Trait.AMINIUM, Trait.PHOSPHONIUM)
_ENDS_IT = frozenset({Role.SCAVENGER, Role.QUENCH})


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What was planned and, by the journal, carried out; None where the journal does not say.

    Attributes:
        ring_closure: word of `chemistry.ring_closure`.
        nominal: substrate over the volume when substrate and catalyst are all in, if nothing reacted.
        at_once: whether a `charge` step put substrate in; False where pumps did.
        addition_time: for how long the pumps ran to add the substrate.
        peak: highest concentration of the substrate, if nothing reacted.
        hottest: highest temperature that a heater was told to reach during the reaction.
        degassed: shortest of the times for which solvents were sparged.
        inert: gas over the vessel from before the substrate until all is in.
        loading: catalyst over substrate (0.05 is 5 mol%).
        acid: acid over substrate, put in before the reductant.
        reductant: reductant over substrate.
        portions: number of portions of the reductant.
        coupling: names of the coupling reagents, and of the additives against racemisation.
        bare_carbodiimide: whether a carbodiimide was used without such an additive; None without a coupling reagent.
        note: why nothing is known, or "".
    """

    ring_closure: str | None = None
    nominal: Molar | None = None
    at_once: bool | None = None
    addition_time: Seconds | None = None
    peak: Molar | None = None
    hottest: Celsius | None = None
    degassed: Seconds | None = None
    inert: str | None = None
    loading: float | None = None
    acid: float | None = None
    reductant: float | None = None
    portions: int | None = None
    coupling: str = ""
    bare_carbodiimide: bool | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class _Put:
    """An amount of a reagent that a step puts into a vessel; `way` is the kind of its work."""

    step: Json
    vessel: str
    reagent: str
    amount: Millimoles
    way: str


def facts_of(view: JournalView) -> RunFacts:
    """What a journal knows; steps that did not end count as not done."""
    first = view.records[0].data
    told = first["protocol"]
    try:
        protocol = read_protocol(
            told["text"].encode(), told["file"], first["parameters"], unattended=first["unattended"]
        ).protocol
    except InputError:
        return RunFacts(note="this version does not read the protocol in the journal, so nothing is known from the run")
    plan: Json = first["plan"]
    ended = {str(record.data["step"]) for record in view.of("step") if record.data.get("what") == "end"}
    chemistry = protocol.chemistry
    closure = None if chemistry is None else chemistry.ring_closure.value
    named = None if chemistry is None else chemistry.substrate
    substrate = named or next((name for name, reagent in protocol.reagents.items() if reagent.limiting), None)
    puts = [put for step in plan["steps"] for put in _puts_of(step)]
    own = [put for put in puts if put.reagent == substrate]
    vessel = own[0].vessel if own else ""
    inside = [put for put in puts if put.vessel == vessel]
    last = max((put.step["number"] for put in inside if put in own or _role(protocol, put) is Role.CATALYST), default=0)
    if not last or any(step["id"] not in ended for step in plan["steps"] if step["number"] <= last):
        return RunFacts(ring_closure=closure)
    amount = sum(put.amount for put in own)
    reaction = [
        step for step in plan["steps"] if step["id"] in ended and step["number"] < _end(protocol, puts, plan, last)
    ]
    ways = {put.way for put in own}
    done = [put for put in inside if put.step["id"] in ended]
    catalyst = sum(put.amount for put in done if _role(protocol, put) is Role.CATALYST)
    acid, reductant = _by_role(protocol, done, Role.ACID), _by_role(protocol, done, Role.REDUCTANT)
    in_time = [put for put in acid if reductant and put.step["number"] < reductant[0].step["number"]]
    return RunFacts(
        ring_closure=closure,
        nominal=_nominal(plan, vessel, last, amount),
        at_once=True if any(put.step["do"] == "charge" for put in own) else False if ways == {"dose"} else None,
        addition_time=_flowing([put.step for put in own]) if ways == {"dose"} else None,
        peak=Molar(float(plan["peak_mol_per_L"][substrate])),
        hottest=_hottest(plan, vessel, reaction),
        degassed=_degassed(protocol, reaction),
        inert=_inert(plan, own[0].step["number"], last),
        loading=catalyst / amount if catalyst else None,
        acid=sum(put.amount for put in in_time) / amount if in_time else None,
        reductant=sum(put.amount for put in reductant) / amount if reductant else None,
        portions=len(reductant) if reductant and all(put.way == "portions" for put in reductant) else None,
        coupling=" and ".join(_named(protocol, done, *_COUPLING, Trait.ANTI_RACEMISATION)),
        bare_carbodiimide=_bare(protocol, done),
    )


def _named(protocol: Protocol, puts: Sequence[_Put], *traits: Trait) -> list[str]:
    """Names of the reagents that are known compounds with one of these traits."""
    keys = dict.fromkeys(put.reagent for put in puts if put.reagent in protocol.reagents)
    return [protocol.reagents[key].name for key in keys if is_known(protocol.reagents[key], *traits)]


def _bare(protocol: Protocol, puts: Sequence[_Put]) -> bool | None:
    if not _named(protocol, puts, *_COUPLING):
        return None
    carbodiimide = bool(_named(protocol, puts, Trait.CARBODIIMIDE))
    return carbodiimide and not _named(protocol, puts, Trait.ANTI_RACEMISATION)


def _puts_of(step: Json) -> Iterator[_Put]:
    work = step["work"]
    way = str(work["kind"])
    for prompt in [work["prompt"]] if way == "operator" else work.get("prompts", ()):
        for act in prompt["acts"]:
            if act["act"] == "charge":
                for reagent, amount in act["solutes"].items():
                    yield _Put(step, str(act["vessel"]), str(reagent), Millimoles(float(amount)), way)
    for dose in [work] if way == "dose" else work.get("doses", ()):
        for feed in dose["feeds"]:
            for reagent, molar in feed["solutes_mol_per_L"].items():
                amount = Millimoles(float(molar) * float(feed["planned_mL"]))
                yield _Put(step, str(dose["vessel"]), str(reagent), amount, way)


def _role(protocol: Protocol, put: _Put) -> Role | None:
    reagent = protocol.reagents.get(put.reagent)
    return None if reagent is None else reagent.role


def _by_role(protocol: Protocol, puts: Sequence[_Put], role: Role) -> list[_Put]:
    return [put for put in puts if _role(protocol, put) is role]


def _end(protocol: Protocol, puts: Sequence[_Put], plan: Json, last: int) -> int:
    """Number of the first step that is no longer the reaction; one more than the last step where there is none."""
    ends = [step["number"] for step in plan["steps"] if step["do"] in _AFTER_THE_REACTION]
    ends += [put.step["number"] for put in puts if _role(protocol, put) in _ENDS_IT]
    return min((number for number in ends if number > last), default=len(plan["steps"]) + 1)


def _nominal(plan: Json, vessel: str, last: int, amount: float) -> Molar | None:
    numbers = {step["id"]: step["number"] for step in plan["steps"]}
    volumes = [
        float(row["after_mL"]) for row in plan["volumes"] if row["vessel"] == vessel and numbers[row["step"]] <= last
    ]
    return Molar(amount / volumes[-1]) if volumes else None


def _flowing(steps: Sequence[Json]) -> Seconds:
    return Seconds(sum(float(part["duration_s"]) for step in steps for part in step["work"]["segments"]))


def _hottest(plan: Json, vessel: str, reaction: Sequence[Json]) -> Celsius | None:
    """None where nothing was heated, for a bath by hand leaves no temperature in the journal."""
    if any(step["do"] == "heat" and step["by_hand"] for step in reaction):
        return None
    until = max(float(step["start_s"]) for step in reaction)
    told = [
        float(row["expected_degC"])
        for row in plan["temperatures"]
        if row["vessel"] == vessel and row["set_point_degC"] is not None and float(row["start_s"]) <= until
    ]
    return Celsius(max(told)) if told else None


def _degassed(protocol: Protocol, reaction: Sequence[Json]) -> Seconds | None:
    done = {step["id"] for step in reaction}
    times = [step.duration.base for step in protocol.steps if isinstance(step, Sparge) and step.id in done]
    return Seconds(min(times)) if times else None


def _inert(plan: Json, first: int, last: int) -> str | None:
    gas = plan["atmosphere"]
    if gas is None:
        return None
    numbers = {step["id"]: step["number"] for step in plan["steps"]}
    covers = numbers[gas["start_step"]] <= first and last <= numbers[gas["end_step"]]
    return str(gas["gas"]) if covers else None
