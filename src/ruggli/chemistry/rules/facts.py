"""What a rule may look at: the planned chemistry as frozen data, every figure in one base unit."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum

from ruggli.chemistry.compounds import Compound, Trait
from ruggli.chemistry.structures.interface import Group
from ruggli.quantities.base import Celsius, Millilitres, Millimoles, Molar, Rpm, Seconds


class Closure(Enum):
    """The reaction that closes the ring."""

    METATHESIS = "metathesis"
    REDUCTIVE_AMINATION = "reductive-amination"
    AMIDE = "amide"


@dataclass(frozen=True, slots=True)
class Species:
    """A reagent or solvent.

    Attributes:
        key: its name in the file.
        name: its name for people; for a known solvent the usual one.
        role: its role in the file, such as `catalyst`.
        compound: which known compound it is, or None.
        chiral: whether its structure marks a stereocentre.
        groups: what its structure has of the groups that a catalyst minds, or None where nobody has read it.
    """

    key: str
    name: str
    role: str
    compound: Compound | None = None
    chiral: bool = False
    groups: frozenset[Group] | None = None

    def has(self, *traits: Trait) -> bool:
        """Whether it is a known compound with one of these traits."""
        return self.compound is not None and not self.compound.traits.isdisjoint(traits)


@dataclass(frozen=True, slots=True)
class Stream:
    """A solution that a pump delivers.

    Attributes:
        solution: name of the solution.
        solvent: key of its solvent.
        volume: what reaches the vessel.
        amounts: amount of each solute that reaches the vessel.
        gas_tight: whether its syringe is gas-tight, or None where nobody says.
    """

    solution: str
    solvent: str
    volume: Millilitres
    amounts: Mapping[str, Millimoles]
    gas_tight: bool | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One step as chemistry sees it.

    Attributes:
        step: id of the step.
        do: what kind of step, the word of the file.
        vessel: the protocol's vessel, or "".
        start: planned time from the start of the run.
        duration: time of the step; of a dose that of the delivery alone.
        amounts: amount of each species that arrives in the vessel.
        volume: liquid that arrives, chase not counted.
        streams: the solutions of a dose.
        what: solvents, solutions or vessels that are sparged; the solvent of a chase or an extraction; a drying agent.
        temperature: of the vessel while the step runs.
        boiling_point: of what is in the vessel, or None where it is not known.
        reflux: whether the vessel is kept at reflux.
        speed: stirring speed.
        inert: whether inert gas is over the reaction.
        count: portions, or extractions.
        removes: protecting groups (or the alkene) that the step is there to take off.
        mixtures: the solutes of each solution that is poured in by hand.
    """

    step: str
    do: str
    vessel: str = ""
    start: Seconds = Seconds(0.0)
    duration: Seconds = Seconds(0.0)
    amounts: Mapping[str, Millimoles] = field(default_factory=dict)
    volume: Millilitres = Millilitres(0.0)
    streams: tuple[Stream, ...] = ()
    what: tuple[str, ...] = ()
    temperature: Celsius = Celsius(20.0)
    boiling_point: Celsius | None = None
    reflux: bool = False
    speed: Rpm = Rpm(0.0)
    inert: bool = False
    count: int = 1
    removes: tuple[str, ...] = ()
    mixtures: tuple[tuple[str, ...], ...] = ()

    @property
    def end(self) -> Seconds:
        """Planned end."""
        return Seconds(self.start + self.duration)


@dataclass(frozen=True, slots=True)
class Flask:
    """What the file says about a vessel; None where it says nothing."""

    condenser: bool
    dried: bool
    vented: bool | None


@dataclass(frozen=True, slots=True)
class Facts:
    """A planned protocol as chemistry.

    Attributes:
        closure: see `Closure`; None where the file does not say what it makes.
        ring_size: atoms of the ring that is wanted, 0 where the file does not say.
        substrate: key of the open chain, "" where there is none.
        limiting: key of the limiting reagent, "" where there is none.
        species: every reagent and solvent, by key.
        flasks: every vessel, by name.
        events: every step, in order.
        nitrogens: what each nitrogen of the ring carries, () where the file does not say.
        seen: what each nitrogen of the substrate carries by its structure, () where nobody has read it.
        hindered: whether the file says that the coupling is hindered.
    """

    closure: Closure | None
    ring_size: int
    substrate: str
    limiting: str
    species: Mapping[str, Species]
    flasks: Mapping[str, Flask]
    events: tuple[Event, ...]
    nitrogens: tuple[str, ...] = ()
    seen: tuple[str, ...] = ()
    hindered: bool = False

    @property
    def carried(self) -> tuple[str, ...]:
        """What the nitrogens carry: as the file says, else as the structure shows."""
        return self.nitrogens or self.seen

    def amines(self, number: int) -> tuple[str, ...]:
        """What the nitrogens carry when a step begins: a group that went before leaves a salt (Boc) or a free amine."""
        gone = {group for event in self.events[:number] for group in event.removes}
        return tuple(("salt" if word == "Boc" else "free") if word in gone else word for word in self.carried)

    def arrivals(self, is_it: Callable[[Species], bool]) -> Iterator[tuple[int, Event, Species]]:
        """Number of the step, step and species, of each arrival of a species in a vessel, in order."""
        for number, event in enumerate(self.events):
            for key in event.amounts:
                species = self.species.get(key)
                if species is not None and is_it(species):
                    yield number, event, species

    def first(self, is_it: Callable[[Species], bool]) -> tuple[int, Event, Species] | None:
        """The first of the `arrivals`, or None."""
        return next(self.arrivals(is_it), None)

    def with_trait(self, *traits: Trait) -> tuple[int, Event, Species] | None:
        """The first arrival of a known compound with one of these traits, or None."""
        return self.first(lambda species: species.has(*traits))

    def with_role(self, role: str) -> tuple[int, Event, Species] | None:
        """The first arrival of a species with this role, or None."""
        return self.first(lambda species: species.role == role)

    @property
    def closing(self) -> tuple[int, Event] | None:
        """Number and step with which the substrate is complete in its vessel, or None where it never arrives."""
        found = [(number, event) for number, event, _ in self.arrivals(lambda species: species.key == self.substrate)]
        return found[-1] if found else None

    def amount(self, key: str) -> Millimoles:
        """Amount of a species that arrives in all."""
        return Millimoles(sum(event.amounts.get(key, 0.0) for event in self.events))

    def next_of(self, do: str, start: int) -> tuple[int, Event] | None:
        """The first step of a kind from a number on, or None."""
        return next(((n, e) for n, e in enumerate(self.events) if n >= start and e.do == do), None)

    def held(self, start: int, stop: int) -> Seconds:
        """Time of all `hold` steps from one number to before another."""
        return Seconds(sum(event.duration for event in self.events[start:stop] if event.do == "hold"))

    def concentration(self, number: int) -> Molar | None:
        """Concentration of the substrate in its vessel after a step, as if nothing reacted; None without liquid."""
        closing = self.closing
        if closing is None:
            return None
        seen = [event for event in self.events[: number + 1] if event.vessel == closing[1].vessel]
        volume = sum(event.volume for event in seen)
        return Molar(sum(event.amounts.get(self.substrate, 0.0) for event in seen) / volume) if volume > 0 else None
