"""A protocol at another scale: every absolute amount of the file times one factor, everything else as it stands.

Times the factor: amounts and masses of reagents, volumes of solutions, of what is charged, dosed and extracted with,
the size that a vessel must have, and the rates of `dose` and `portions`, so that these keep their time. As it stands:
concentrations, equivalents, mole percent, times, temperatures, the chase (it belongs to the line), and the rate of a
`quench`, which bounds heat and gas a minute. A parameter that stands for a scaled value is scaled with its range.

The text is changed in place, value by value: comments and layout stay.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

from ruggli.documents.nodes import Document, ListNode, MapNode, Path, Scalar, walk
from ruggli.documents.problem import Problem, ProblemsError, Severity
from ruggli.documents.validate import problem_at
from ruggli.protocol.model import Protocol
from ruggli.protocol.parameter_value import SECTION
from ruggli.protocol.parameters import Use
from ruggli.protocol.stoichiometry import amount_of
from ruggli.quantities.dimension import Dimension
from ruggli.quantities.reader import QuantityError, Reading, read_quantity

DIGITS: Final = 9
"""Significant digits of a value that does not come out even."""

_STEPS: Final[Mapping[str, tuple[tuple[str, Dimension], ...]]] = {
    "dose": (("volume", Dimension.VOLUME), ("rate", Dimension.FLOW_RATE)),
    "portions": (("rate", Dimension.FLOW_RATE),),
    "extract": (("volume", Dimension.VOLUME),),
}
"""By kind of step, the keys that are scaled."""
_TELLING: Final = ("note", "text", "description", "question")
"""Keys of words for people."""
_QUANTITY: Final = re.compile(r"\d\s?(?:mmol|mol|[mu]?L|[mu]?g)\b(?!/)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Change:
    """A value that is scaled.

    Attributes:
        path: where it stands.
        line: its line.
        before: its text.
        after: its new text.
    """

    path: Path
    line: int
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Rescaled:
    """A protocol file at another scale.

    Attributes:
        text: the new text, without byte order mark.
        factor: by which it was scaled.
        changes: every changed value, in the order of the file.
        stale: lines of notes and comments that tell an amount, mass or volume, which nobody changed.
    """

    text: str
    factor: Fraction
    changes: tuple[Change, ...]
    stale: tuple[int, ...]


def rescale(protocol: Protocol, document: Document, uses: Mapping[Path, Use], to: str) -> Rescaled:
    """Scale a protocol so that its limiting reagent has another amount.

    Args:
        protocol: the protocol with its parameters in place.
        document: the file as written.
        uses: by path, where parameters are used.
        to: the new amount, such as `5 mmol`, or mass, where the file gives a mass.

    Raises:
        ProblemsError: `--to` is no such quantity, or something cannot be scaled; with its place and a remedy.
    """
    factor = _factor(protocol, document, to)
    wanted = dict(_absolute(document))
    problems = list(_mixed_uses(document, uses, wanted))
    for path, use in uses.items():
        if path in wanted:
            section = document.node((SECTION, use.parameter))
            keys = section.entries if isinstance(section, MapNode) else {}
            wanted |= {(SECTION, use.parameter, k): wanted[path] for k in ("default", "min", "max") if k in keys}
    changes: list[Change] = []
    for path, node in walk(document.root):
        if path in wanted and path not in uses and isinstance(node, Scalar):
            changed = _change(document, path, node, wanted[path], factor)
            if isinstance(changed, Problem):
                problems.append(changed)
            else:
                changes.append(changed)
    if problems:
        raise ProblemsError(tuple(problems))
    return Rescaled(_rewritten(document, changes), factor, tuple(changes), _stale(document))


def _factor(protocol: Protocol, document: Document, to: str) -> Fraction:
    name = next((name for name, reagent in protocol.reagents.items() if reagent.limiting), None)
    if name is None:
        message = "no reagent is the limiting one, so nothing says what the scale is"
        raise _refused(document, ("reagents",), "E-MISSING", message, "mark one with `limiting: true`")
    reagent = protocol.reagents[name]
    own = reagent.mass if reagent.mass is not None else reagent.amount
    at: Path = ("reagents", name, "mass" if reagent.mass is not None else "amount")
    if own is None:
        message = f"the amount of the limiting reagent {name} does not stand in the file"
        raise _refused(document, ("reagents", name), "E-MISSING", message, "write its `amount` or `mass`")
    try:
        wanted = read_quantity(to, own.dimension)
    except QuantityError as error:
        amount = amount_of(protocol, reagent)
        if own.dimension is not Dimension.MASS or amount is None:
            raise _bad_to(document, at, error, to, own.dimension) from None
        try:
            wanted = read_quantity(to, Dimension.AMOUNT)
        except QuantityError:
            raise _bad_to(document, at, error, to, own.dimension) from None
        return _positive(document, at, to, Fraction(wanted.base) / Fraction(amount))
    return _positive(document, at, to, _exact(wanted) / _exact(own))


def _positive(document: Document, at: Path, to: str, factor: Fraction) -> Fraction:
    if factor <= 0:
        raise _refused(document, at, "E-RANGE", f"--to {to}: nothing would be left", "write an amount above zero", to)
    if factor == 1:
        raise _refused(document, at, "E-VALUE", f"--to {to}: this is its scale already", "write another amount", to)
    return factor


def _exact(reading: Reading) -> Fraction:
    """The value in the base unit of its dimension, without rounding."""
    from ruggli.quantities.units import unit

    own = unit(reading.unit)
    return Fraction(reading.number) * Fraction(own.numerator) / Fraction(own.denominator)


def _bad_to(document: Document, at: Path, error: QuantityError, to: str, dimension: Dimension) -> ProblemsError:
    bound = f"{dimension.phrase}, as the limiting reagent has it"
    return _refused(document, at, error.code, f"--to {to}: {error.message}", error.remedy, to, bound)


def _refused(
    document: Document, path: Path, code: str, message: str, remedy: str, value: str = "", bound: str = ""
) -> ProblemsError:
    found = problem_at(document, path, code, Severity.ERROR, message, value=value, bound=bound, remedy=remedy)
    return ProblemsError((found,))


def _absolute(document: Document) -> Iterator[tuple[Path, Dimension]]:
    """Every place whose value belongs to the scale, with what it measures."""
    root = document.root.entries
    for name, node in _entries(root.get("reagents")):
        for key, dimension in (("amount", Dimension.AMOUNT), ("mass", Dimension.MASS)):
            if key in node.entries:
                yield ("reagents", name, key), dimension
    for section, key in (("solutions", "volume"), ("vessels", "at_least")):
        for name, node in _entries(root.get(section)):
            if key in node.entries:
                yield (section, name, key), Dimension.VOLUME
    steps = root.get("steps")
    for index, step in enumerate(steps.items if isinstance(steps, ListNode) else ()):
        if not isinstance(step, MapNode):
            continue
        kind = step.entries.get("do")
        for key, dimension in _STEPS.get(kind.text if isinstance(kind, Scalar) else "", ()):
            if key in step.entries:
                yield ("steps", index, key), dimension
        contents = step.entries.get("contents")
        for number, portion in enumerate(contents.items if isinstance(contents, ListNode) else ()):
            if isinstance(portion, MapNode) and "volume" in portion.entries:
                yield ("steps", index, "contents", number, "volume"), Dimension.VOLUME


def _entries(node: object) -> Iterator[tuple[str, MapNode]]:
    for name, entry in node.entries.items() if isinstance(node, MapNode) else ():
        if isinstance(entry, MapNode):
            yield name, entry


def _mixed_uses(document: Document, uses: Mapping[Path, Use], wanted: Mapping[Path, Dimension]) -> Iterator[Problem]:
    """A parameter that stands for something scaled and for something that stays."""
    scaled = {use.parameter for path, use in uses.items() if path in wanted}
    for path, use in uses.items():
        if use.parameter in scaled and path not in wanted:
            message = (
                f"parameter {use.parameter} stands here for something that keeps its value, and elsewhere is scaled"
            )
            remedy = "give this place a parameter of its own, or write its value"
            yield problem_at(document, path, "E-CONFLICT", Severity.ERROR, message, remedy=remedy)


def _change(document: Document, path: Path, node: Scalar, dimension: Dimension, factor: Fraction) -> Change | Problem:
    try:
        reading = read_quantity(node.text.strip(), dimension)
    except QuantityError as error:
        return problem_at(document, path, error.code, Severity.ERROR, error.message, remedy=error.remedy)
    if _offset(document, node) is None:
        message = "this value does not stand on its line as it reads, so it cannot be changed there"
        return problem_at(document, path, "E-SYNTAX", Severity.ERROR, message, remedy="write it plainly on one line")
    after = f"{_decimal(Fraction(reading.number) * factor)} {reading.unit}"
    try:
        read_quantity(after, dimension)
    except QuantityError as error:
        message = f"{after} after scaling: {error.message}"
        return problem_at(document, path, error.code, Severity.ERROR, message, remedy="choose another scale")
    return Change(path, node.mark.line, node.text, after)


def _decimal(value: Fraction) -> str:
    """A number in at most nine digits, without an exponent where that is short enough."""
    rounded = Decimal(f"{Decimal(value.numerator) / Decimal(value.denominator):.{DIGITS}g}").normalize()
    plain = f"{rounded:f}"
    return plain if len(plain) <= DIGITS + 3 else f"{rounded:e}".replace("e+", "e")


def _offset(document: Document, node: Scalar) -> int | None:
    """Characters before the value in its line, its quote included; None where it does not stand there as it reads."""
    start = node.mark.column - 1
    rest = document.line(node.mark.line)[start:]
    for quote in ("", "'", '"'):
        if rest.startswith(f"{quote}{node.text}{quote}"):
            return start + len(quote)
    return None


def _rewritten(document: Document, changes: list[Change]) -> str:
    """The text with every change in its place; line ends stay as they are."""
    parts = re.split(r"(\r\n|\r|\n)", document.text)
    for change in reversed(changes):
        node = document.node(change.path)
        assert isinstance(node, Scalar)
        start = _offset(document, node)
        assert start is not None
        line = parts[2 * (change.line - 1)]
        parts[2 * (change.line - 1)] = line[:start] + change.after + line[start + len(change.before) :]
    return "".join(parts)


def _stale(document: Document) -> tuple[int, ...]:
    """Lines of notes and comments in which an amount, a mass or a volume stands."""
    lines = [
        node.mark.line
        for path, node in walk(document.root)
        if isinstance(node, Scalar) and path and path[-1] in _TELLING and _QUANTITY.search(node.text)
    ]
    for number, line in enumerate(document.lines, 1):
        comment = re.search(r"(?:^|\s)#(.*)", line)
        if comment is not None and _QUANTITY.search(comment[1]):
            lines.append(number)
    return tuple(sorted(dict.fromkeys(lines)))
