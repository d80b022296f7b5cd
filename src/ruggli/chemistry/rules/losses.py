"""What the chain's protecting groups, and its alkene, meet from step to step, and what that takes off."""

from collections.abc import Iterator
from dataclasses import dataclass

from ruggli.chemistry.compounds import Trait
from ruggli.chemistry.protection import SURVIVAL, removal, taken_by
from ruggli.chemistry.rules.facts import Closure, Event, Facts, Species
from ruggli.chemistry.rules.metathesis_feed import end_of_reaction
from ruggli.chemistry.rules.rule import NOT_APPLICABLE, WARNING, Breach, Outcome, Weight, at_step

ALKENE = "alkene"


@dataclass(frozen=True, slots=True)
class Loss:
    """A group in trouble.

    Attributes:
        rule: id of the rule that speaks of it.
        group: word of the group.
        event: the step.
        value: what was found.
        weight: other than the rule's usual one, or None.
    """

    rule: str
    group: str
    event: Event
    value: str
    weight: Weight | None


def lost(facts: Facts, rule: str) -> Outcome:
    """The first trouble of which a rule speaks; not applicable where the chain carries nothing that it speaks of."""
    found = next((loss for loss in losses(facts) if loss.rule == rule), None)
    if found is not None:
        return Breach(found.value, at_step(found.event.step), found.weight)
    spoken = any(_rule(group, trait) == rule for group in _carried(facts) for trait in (*SURVIVAL[group], None))
    return None if spoken else NOT_APPLICABLE


def losses(facts: Facts) -> Iterator[Loss]:
    """Every group that meets what removes it although no step says so, and every `removes` that removes nothing."""
    left, closing = list(dict.fromkeys(_carried(facts))), facts.closing
    if closing is None:
        return
    end, vessel = end_of_reaction(facts, closing[0]), closing[1].vessel
    present: dict[str, None] = {}
    for number, event in enumerate(facts.events):
        if event.vessel not in ("", vessel):
            continue
        fresh = [key for key in event.amounts if key not in present]
        late = facts.substrate in fresh
        present.update(dict.fromkeys(event.amounts))
        here = _species(facts, [*present] if late else fresh) if facts.substrate in present else []
        if event.vessel and facts.substrate not in present:
            yield from _absent(event)
            continue
        yield from _wrong(facts, event, here, left)
        for group in [group for group in left if group not in event.removes]:
            met = next(((s, t) for s in here if (t := _taken(group, s)) is not None), None)
            if met is not None:
                left.remove(group)
                value = f"{_name(group)} meets {met[0].name}"
                yield Loss(_rule(group, met[1]), group, event, value, WARNING if number >= end else None)
        left = [group for group in left if group not in event.removes]


def _absent(event: Event) -> Iterator[Loss]:
    """What a step is to remove before the chain is there."""
    for group in event.removes:
        yield Loss(_rule(group, None), group, event, f"removes {group} before the chain is in {event.vessel}", None)


def _wrong(facts: Facts, event: Event, here: list[Species], left: list[str]) -> Iterator[Loss]:
    """Groups that a step says to remove, and that are not there or do not go that way."""
    for group in event.removes:
        known = facts.carried or group == ALKENE
        if known and group not in left:
            yield Loss(_rule(group, None), group, event, f"removes {group}, which the chain does not carry", None)
        elif event.amounts and here and all(_taken(group, species) is None for species in here):
            names = ", ".join(species.name for species in here if species.role != "solvent") or "a solvent"
            value = f"removes {group} with {names}; it goes with {removal(group)}"
            yield Loss(_rule(group, None), group, event, value, None)


def _carried(facts: Facts) -> list[str]:
    groups = [group for group in facts.carried if group in SURVIVAL]
    return [*groups, ALKENE] if facts.closure is Closure.METATHESIS else groups


def _species(facts: Facts, keys: list[str]) -> list[Species]:
    return [facts.species[key] for key in keys if key in facts.species and key != facts.substrate]


def _taken(group: str, species: Species) -> Trait | None:
    return None if species.compound is None else taken_by(group, species.compound.traits)


def _rule(group: str, trait: Trait | None) -> str:
    """Which rule speaks of a group that a condition takes; None for what a step says to remove."""
    if group == "Boc" and trait in (Trait.STRONG_ACID, Trait.HARSH_ACID, None):
        return "PG-02"
    if group == "Cbz" and trait in (Trait.HYDROGENOLYSIS, None):
        return "PG-03"
    return "X-20" if group == ALKENE else "X-21"


def _name(group: str) -> str:
    return "the alkene" if group == ALKENE else group
