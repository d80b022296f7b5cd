"""Reagents and solutions: each amount is given exactly once, and what the arithmetic needs is there."""

from collections.abc import Iterator

from ruggli.documents.nodes import Path
from ruggli.protocol.finding import Finding
from ruggli.protocol.model import Charge, Dry, Protocol, Reagent, Role, Solution
from ruggli.protocol.stoichiometry import molar_mass_of, volume_of
from ruggli.protocol.uses import uses_of
from ruggli.quantities.dimension import Dimension
from ruggli.quantities.reader import show

_SAME = 1e-6
"""Relative difference of volumes that counts as none."""
_WAYS = ("amount", "mass", "equivalents", "mole_percent")


def check_reagents(protocol: Protocol) -> Iterator[Finding]:
    """Amounts, the basis of equivalents, and molar masses."""
    stocks = {name for solution in protocol.solutions.values() if _is_stock(solution) for name in solution.solutes}
    poured = _poured(protocol)
    for name, reagent in protocol.reagents.items():
        yield from _amount(("reagents", name), name, reagent, name in stocks, name in poured)
    yield from _limiting(protocol)


def _amount(path: Path, name: str, reagent: Reagent, in_stock: bool, poured: bool) -> Iterator[Finding]:
    given = [way for way in _WAYS if getattr(reagent, way) is not None]
    values = ", ".join(f"{way} {getattr(reagent, way)}" for way in given)
    if len(given) > 1:
        yield Finding(
            (*path, given[1]),
            "E-CONFLICT",
            f"the amount of {name} is given in {len(given)} ways",
            values,
            f"one of {', '.join(_WAYS)}",
            "keep one of them",
        )
    elif given and reagent.role is Role.SOLVENT:
        yield Finding(
            (*path, given[0]),
            "E-CONFLICT",
            f"{name} is a solvent: its volumes stand in the solutions and steps",
            values,
            "no amount",
            "remove the key, or give the role that it has",
        )
    elif given and in_stock:
        yield Finding(
            (*path, given[0]),
            "E-CONFLICT",
            f"the amount of {name} follows from the volume and the concentration of its solution",
            values,
            "no amount",
            "remove the key, or the volume or the concentration of the solution",
        )
    elif not given and not in_stock and not poured and reagent.role not in (Role.SOLVENT, Role.DRYING_AGENT):
        yield Finding(
            path,
            "E-MISSING",
            f"{name} has no amount",
            "",
            f"one of {', '.join(_WAYS)}",
            "write e.g. `equivalents: 1.1 eq`",
        )
    known = molar_mass_of(reagent) is not None or reagent.smiles is not None
    if given and not known and reagent.role is not Role.SOLVENT:
        yield Finding(
            path,
            "E-MISSING",
            f"{name} has no molar mass, so its amount and its mass cannot be converted",
            values,
            "",
            "add e.g. `molar_mass: 434.583 g/mol`, or `formula: C21H26N2O4S2`",
        )


def _limiting(protocol: Protocol) -> Iterator[Finding]:
    limiting = [name for name, reagent in protocol.reagents.items() if reagent.limiting]
    relative = [name for name, reagent in protocol.reagents.items() if reagent.equivalents or reagent.mole_percent]
    for name in limiting[1:]:
        yield Finding(
            ("reagents", name, "limiting"),
            "E-CONFLICT",
            f"{limiting[0]} and {name} are both the limiting reagent",
            ", ".join(limiting),
            "one limiting reagent",
            "keep `limiting: true` with one of them",
        )
    if relative and not limiting:
        name = relative[0]
        yield Finding(
            ("reagents", name, "equivalents" if protocol.reagents[name].equivalents else "mole_percent"),
            "E-MISSING",
            f"{name} is given in equivalents or mol%, and no reagent is marked as limiting",
            "",
            "one limiting reagent",
            "add `limiting: true` to the reagent that they refer to",
        )
    for name in set(limiting[:1]) & set(relative):
        yield Finding(
            ("reagents", name, "limiting"),
            "E-CONFLICT",
            f"{name} is the limiting reagent and cannot itself be given in equivalents or mol%",
            "",
            "amount or mass",
            "write e.g. `amount: 1 mmol`",
        )


def check_solutions(protocol: Protocol) -> Iterator[Finding]:
    """What makes up a solution."""
    for name, solution in protocol.solutions.items():
        path: Path = ("solutions", name)
        if solution.volume is None and solution.concentration is None:
            yield Finding(
                path,
                "E-MISSING",
                f"solution {name} has neither volume nor concentration",
                "",
                "volume, or concentration",
                "write e.g. `volume: 30 mL`",
            )
        if solution.concentration is not None and len(solution.solutes) > 1:
            yield Finding(
                (*path, "concentration"),
                "E-CONFLICT",
                f"solution {name} has {len(solution.solutes)} solutes, so one concentration does not say enough",
                str(solution.concentration),
                "volume",
                "give the volume; the amounts stand with the reagents",
            )
        for number, solute in enumerate(solution.solutes):
            reagent = protocol.reagents.get(solute)
            if solute in solution.solutes[:number] or (reagent is not None and reagent.role is Role.SOLVENT):
                what = "stands twice" if solute in solution.solutes[:number] else "is a solvent"
                message = f"solute {solute} of solution {name} {what}"
                yield Finding((*path, "solutes", number), "E-CONFLICT", message, solute, "", "remove it")


def check_uses(protocol: Protocol) -> Iterator[Finding]:
    """Things that are used up twice, or of which more is used than there is."""
    first: dict[str, str] = {}
    used: dict[str, float] = {}
    for path, name, volume, where in uses_of(protocol):
        if name not in protocol.solutions and (name not in protocol.reagents or _is_solvent(protocol, name)):
            continue
        whole = f"{name} is used whole in {first[name]} and again in {where}" if name in first else ""
        parted = "" if volume is not None or name not in used else _parted(protocol, name, used[name], where)
        if whole or parted:
            yield Finding(
                path,
                "E-CONFLICT",
                whole or parted,
                name,
                "one whole use, or stated volumes and then the rest",
                "declare a second reagent or solution, or give each step a volume",
            )
        elif volume is None:
            first[name] = where
        else:
            used[name] = used.get(name, 0.0) + volume
            made = volume_of(protocol, name)
            if made is not None and used[name] > made * (1 + _SAME):
                yield Finding(
                    path,
                    "E-CAPACITY",
                    f"{where} brings the use of {name} above the volume that is made up",
                    show(used[name], Dimension.VOLUME),
                    f"at most {show(made, Dimension.VOLUME)}",
                    "make up more, or use less",
                )


def _parted(protocol: Protocol, name: str, used: float, where: str) -> str:
    """Why a step cannot take the rest of what is used in part before it; "" where it can."""
    made = volume_of(protocol, name)
    if name not in protocol.solutions:
        return f"{name} is used in part before, so {where} cannot use it whole"
    if made is None or used < made * (1 - _SAME):
        return ""
    parts = f"{show(used, Dimension.VOLUME)} of {show(made, Dimension.VOLUME)}"
    return f"nothing is left of {name} for {where}: steps before it use {parts}"


def check_charges(protocol: Protocol) -> Iterator[Finding]:
    """Liquids that are charged need one volume."""
    for index, step in enumerate(protocol.steps):
        for number, portion in enumerate(step.contents if isinstance(step, Charge) else ()):
            path: Path = ("steps", index, "contents", number)
            reagent = protocol.reagents.get(portion.what)
            if reagent is None:
                continue
            given = next((way for way in _WAYS if getattr(reagent, way) is not None), None)
            if portion.volume is None and reagent.role is Role.SOLVENT:
                message = f"step {step.id} charges the solvent {portion.what} without a volume"
                yield Finding(path, "E-MISSING", message, portion.what, "volume", "add e.g. `volume: 50 mL`")
            elif portion.volume is not None and given is not None:
                yield Finding(
                    (*path, "volume"),
                    "E-CONFLICT",
                    f"{portion.what} is charged by volume, and its {given} is given too",
                    f"{portion.volume}, {given} {getattr(reagent, given)}",
                    "one of the two",
                    "remove the volume here; with a density the plan says it",
                )


def _poured(protocol: Protocol) -> set[str]:
    """Reagents that are charged by volume or used as a drying agent: their amount stands in the step."""
    names: set[str] = set()
    for step in protocol.steps:
        if isinstance(step, Charge):
            names |= {portion.what for portion in step.contents if portion.volume is not None}
        elif isinstance(step, Dry):
            names.add(step.agent)
    return names


def _is_solvent(protocol: Protocol, name: str) -> bool:
    return name in protocol.reagents and protocol.reagents[name].role is Role.SOLVENT


def _is_stock(solution: Solution) -> bool:
    return solution.volume is not None and solution.concentration is not None
