"""Rescales a protocol file, plans both on the rig, and compares."""

from dataclasses import dataclass
from fractions import Fraction

from ruggli.app.drivers import cards
from ruggli.app.files import open_rig, protocol_source
from ruggli.app.structures import structures_of
from ruggli.documents.problem import Problem
from ruggli.plan.larger_syringes import LargerSyringe, larger_syringes
from ruggli.plan.make import make_plan
from ruggli.plan.model import Plan
from ruggli.plan.rescaled import Changed, changed, new_problems, physical
from ruggli.plan.seats import seats_of
from ruggli.plan.settings import PlanSettings
from ruggli.protocol.loader import ProtocolFile, read_protocol
from ruggli.protocol.parameters import resolve
from ruggli.protocol.rescale import Change, rescale
from ruggli.rig.loader import RigFile

MARK = b"\xef\xbb\xbf"
"""A byte order mark, kept where the file has one."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """A protocol at another scale, on the same rig.

    Attributes:
        file: the file as messages name it.
        data: the new file.
        factor: by which it was scaled.
        edits: every value that was changed in the file.
        stale: lines whose words tell an amount, mass or volume of the old scale.
        changed: the plans' figures, before and after.
        new: errors and warnings that the new plan has and the old has not.
        gone: those that the old plan had.
        physical: what changes although no value says so.
        larger: syringes that would spare refills.
        plan: the new plan.
    """

    file: str
    data: bytes
    factor: Fraction
    edits: tuple[Change, ...]
    stale: tuple[int, ...]
    changed: tuple[Changed, ...]
    new: tuple[Problem, ...]
    gone: tuple[Problem, ...]
    physical: tuple[str, ...]
    larger: tuple[LargerSyringe, ...]
    plan: Plan


def rescaled(protocol: str, rig: str | None, to: str, named: str) -> Comparison:
    """Rescale and compare.

    Args:
        protocol: path or shipped name.
        rig: path or shipped name; None is the built-in bench.
        to: the new amount of the limiting reagent.
        named: how problems of the new file name it.

    Raises:
        ProblemsError: a file was refused, or something cannot be scaled.
        InputError: a file is not there.
    """
    source, bench = protocol_source(protocol), open_rig(rig)
    read = read_protocol(source.data, source.file)
    found = rescale(read.protocol, read.document, resolve(read.document, {}).uses, to)
    data = (MARK if source.data.startswith(MARK) else b"") + found.text.encode()
    new_file = read_protocol(data, named)
    before, after = _plan(read, bench), _plan(new_file, bench)
    new, gone = new_problems(before, after)
    return Comparison(
        source.file,
        data,
        found.factor,
        found.changes,
        found.stale,
        changed(before, after),
        new,
        gone,
        tuple(physical(float(found.factor), before, after)),
        tuple(larger_syringes(after, bench, seats_of(bench.rig, cards()), lambda other: _plan(new_file, other))),
        after,
    )


def _plan(protocol: ProtocolFile, rig: RigFile) -> Plan:
    return make_plan(protocol, rig, cards(), PlanSettings(), structures_of(protocol.protocol))
