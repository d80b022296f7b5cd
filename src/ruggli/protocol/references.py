"""Names: every reference points at something that the file declares, and every name says one thing."""

from collections.abc import Collection, Iterator

from ruggli.documents.nodes import Path
from ruggli.protocol.classes import vessel_of
from ruggli.protocol.finding import Finding, nearest
from ruggli.protocol.model import (
    AnyStep,
    Charge,
    Dose,
    Dry,
    Extract,
    Portions,
    Protocol,
    Quench,
    Role,
    Sparge,
)


def check_names(protocol: Protocol) -> Iterator[Finding]:
    """Names that are used twice."""
    first: dict[str, int] = {}
    for index, step in enumerate(protocol.steps):
        if step.id in first:
            yield Finding(
                ("steps", index, "id"),
                "E-DUPID",
                f"two steps have the id {step.id}: number {first[step.id] + 1} and number {index + 1}",
                step.id,
                "each id once",
                "give this step another id",
            )
        first.setdefault(step.id, index)
    for name in protocol.solutions:
        if name in protocol.reagents:
            yield Finding(
                ("solutions", name),
                "E-DUPID",
                f"{name} is the name of a reagent and of a solution",
                name,
                "each name once",
                "give the solution another name",
            )


def check_references(protocol: Protocol) -> Iterator[Finding]:
    """Names that point at nothing, or at something of another kind."""
    for name, solution in protocol.solutions.items():
        for number, solute in enumerate(solution.solutes):
            yield from _known(("solutions", name, "solutes", number), "reagent", solute, protocol.reagents, protocol)
        yield from _solvent(("solutions", name, "solvent"), solution.solvent, protocol)
    for index, step in enumerate(protocol.steps):
        yield from _step(("steps", index), step, protocol)
    chemistry = protocol.chemistry
    if chemistry is not None and chemistry.substrate is not None:
        yield from _known(("chemistry", "substrate"), "reagent", chemistry.substrate, protocol.reagents, protocol)
    if protocol.atmosphere is not None:
        ids = [step.id for step in protocol.steps]
        yield from _known(("atmosphere", "start"), "step", protocol.atmosphere.start, ids, protocol)
        yield from _known(("atmosphere", "end"), "step", protocol.atmosphere.end, ids, protocol)


def _step(path: Path, step: AnyStep, protocol: Protocol) -> Iterator[Finding]:
    vessel = vessel_of(step)
    materials = {**protocol.reagents, **protocol.solutions}
    if vessel is not None:
        key = "into" if isinstance(step, Dose | Quench | Portions) else "vessel"
        yield from _known((*path, key), "vessel", vessel, protocol.vessels, protocol)
    if isinstance(step, Sparge):
        known = {**materials, **protocol.vessels}
        for number, name in enumerate(step.what):
            yield from _known((*path, "what", number), "reagent, solution or vessel", name, known, protocol)
    elif isinstance(step, Charge):
        for number, portion in enumerate(step.contents):
            place = (*path, "contents", number, "what")
            yield from _known(place, "reagent or solution", portion.what, materials, protocol)
    elif isinstance(step, Dose):
        for number, name in enumerate(step.solutions):
            yield from _known((*path, "solutions", number), "solution", name, protocol.solutions, protocol)
        for name in step.keep or ():
            yield from _known((*path, "keep", name), "reagent", name, protocol.reagents, protocol)
        if step.ratio is not None:
            for key, name in (("of", step.ratio.of), ("to", step.ratio.to)):
                yield from _known((*path, "ratio", key), "reagent", name, protocol.reagents, protocol)
    elif isinstance(step, Quench):
        yield from _known((*path, "solution"), "solution", step.solution, protocol.solutions, protocol)
    elif isinstance(step, Portions):
        yield from _known((*path, "what"), "reagent or solution", step.what, materials, protocol)
    elif isinstance(step, Extract):
        yield from _solvent((*path, "solvent"), step.solvent, protocol)
    elif isinstance(step, Dry):
        yield from _known((*path, "agent"), "reagent", step.agent, protocol.reagents, protocol)
    if isinstance(step, Dose | Quench) and step.chase is not None:
        yield from _solvent((*path, "chase", "solvent"), step.chase.solvent, protocol)


def _known(path: Path, kind: str, name: str, known: Collection[str], protocol: Protocol) -> Iterator[Finding]:
    if name in known:
        return
    kinds = (("reagent", protocol.reagents), ("solution", protocol.solutions), ("vessel", protocol.vessels))
    other = next((f"; {name} is a {word}" for word, names in kinds if name in names), "")
    message = f"there is no {kind} named {name}{other}"
    yield Finding(path, "E-REF", message, name, f"a {kind} of this file", nearest(name, known))


def _solvent(path: Path, name: str, protocol: Protocol) -> Iterator[Finding]:
    reagent = protocol.reagents.get(name)
    solvents = [key for key, item in protocol.reagents.items() if item.role is Role.SOLVENT]
    if reagent is None:
        yield from _known(path, "solvent", name, solvents, protocol)
    elif reagent.role is not Role.SOLVENT:
        yield Finding(
            path,
            "E-REF",
            f"a solvent is wanted, and {name} has the role {reagent.role.value}",
            name,
            "a reagent with role: solvent",
            nearest(name, solvents),
        )
