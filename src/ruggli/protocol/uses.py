"""Where reagents and solutions are used, and what parts with stated volumes leave of a solution."""

from collections.abc import Iterator
from math import fsum

from ruggli.documents.nodes import Path
from ruggli.protocol.model import Charge, Dose, Portions, Protocol, Quench
from ruggli.protocol.stoichiometry import volume_of
from ruggli.quantities.base import Millilitres


def uses_of(protocol: Protocol) -> Iterator[tuple[Path, str, float | None, str]]:
    """Every use in the order of the file: its place, what is used, the stated volume in mL or None, and by what."""
    for name, solution in protocol.solutions.items():
        for number, solute in enumerate(solution.solutes):
            yield ("solutions", name, "solutes", number), solute, None, f"solution {name}"
    for index, step in enumerate(protocol.steps):
        path: Path = ("steps", index)
        where = f"step {step.id}"
        if isinstance(step, Charge):
            for number, portion in enumerate(step.contents):
                volume = None if portion.volume is None else portion.volume.base
                yield (*path, "contents", number, "what"), portion.what, volume, where
        elif isinstance(step, Dose):
            volume = None if step.volume is None else step.volume.base
            for number, name in enumerate(step.solutions):
                if name not in step.solutions[:number]:
                    yield (*path, "solutions", number), name, volume, where
        elif isinstance(step, Quench):
            yield (*path, "solution"), step.solution, None, where
        elif isinstance(step, Portions):
            yield (*path, "what"), step.what, None, where


def rest_of(protocol: Protocol, solution: str) -> Millilitres | None:
    """What a step that states no volume takes of a solution, before losses.

    That is the volume of the solution without the parts that steps take with stated volumes: all of it where no step
    takes a part. None where the file does not decide the volume of the solution.
    """
    made = volume_of(protocol, solution)
    if made is None:
        return None
    parts = fsum(volume for _, name, volume, _ in uses_of(protocol) if name == solution and volume is not None)
    return Millilitres(max(made - parts, 0.0))
