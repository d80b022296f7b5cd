"""One parameter's value against what the file allows: its words, its range, the dimension of its default."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from ruggli.documents.nodes import Document, ListNode, Path, Scalar
from ruggli.documents.problem import Problem, Severity
from ruggli.documents.validate import problem_at
from ruggli.protocol.finding import nearest
from ruggli.quantities.dimension import Dimension
from ruggli.quantities.reader import NUMBER_PATTERN, QuantityError, Reading, read_quantity
from ruggli.quantities.units import canonical, dimension_of

SECTION: Final = "parameters"


def parameter_text(document: Document, name: str, key: str) -> str | None:
    """The text of a key of a parameter, or None where the file has none."""
    node = document.node((SECTION, name, key))
    return node.text if isinstance(node, Scalar) else None


def parameter_value(document: Document, name: str, setting: str | None) -> tuple[str, list[Problem]]:
    """The value of a parameter, and what is wrong with it."""
    default = parameter_text(document, name, "default") or ""
    text = default.strip() if setting is None else setting.strip()
    check = _Check(document, name, text, setting is not None)
    problems = list(check.bounds()) or list(check.value())
    measured = _measured(text)
    return (measured.text if measured and text not in check.words else text), problems


@dataclass(frozen=True, slots=True)
class _Measured:
    """A text as a quantity, or as a plain number (`dimension` None)."""

    text: str
    base: float
    dimension: Dimension | None
    reading: Reading | None = None

    @property
    def kind(self) -> str:
        return self.dimension.label if self.dimension else "plain number"


def _measured(text: str) -> _Measured | None:
    """What a text measures, judged by its unit; None for a word."""
    match = re.fullmatch(rf"({NUMBER_PATTERN}) *(\S*)", text, re.ASCII)
    unit = re.fullmatch(rf"{NUMBER_PATTERN} *([^\s0-9]\S*)", text)
    dimension = dimension_of(canonical(unit[1])[0]) if unit else None
    if dimension is not None:
        try:
            reading = read_quantity(text, dimension)
        except QuantityError:
            return None
        return _Measured(str(reading), reading.base, dimension, reading)
    if match and not match[2]:
        return _Measured(text, float(match[1]), None)
    return None


class _Check:
    """One parameter's value against what the file allows."""

    def __init__(self, document: Document, name: str, text: str, from_outside: bool) -> None:
        self._document, self._name, self._text, self._outside = document, name, text, from_outside
        node = document.node((SECTION, name, "words"))
        items = node.items if isinstance(node, ListNode) else ()
        self.words = [item.text for item in items if isinstance(item, Scalar)]
        self._limits = {key: parameter_text(document, name, key) for key in ("min", "max")}

    def bounds(self) -> Iterator[Problem]:
        """What is wrong with `min` and `max` themselves."""
        measured = {key: _measured(text) for key, text in self._limits.items() if text is not None}
        for key, found in measured.items():
            if found is None:
                remedy = "write a number with its unit, e.g. 4 h"
                yield self._at(key, "E-NUMBER", f"{key} of parameter {self._name} is no quantity", remedy=remedy)
        low, high = measured.get("min"), measured.get("max")
        if low and high and low.dimension is not high.dimension:
            message = f"min and max of parameter {self._name} measure different things: {low.kind} and {high.kind}"
            yield self._at("max", "E-DIMENSION", message, bound=f"a {low.kind}", remedy="write both in one dimension")
        elif low and high and low.base > high.base:
            message = f"min of parameter {self._name} is above its max"
            yield self._at("max", "E-CONFLICT", message, bound=f"at least {low.text}", remedy="exchange them")

    def value(self) -> Iterator[Problem]:
        """What is wrong with the value, `min` and `max` being right."""
        limits = {key: found for key, text in self._limits.items() if text and (found := _measured(text))}
        if self._text in self.words:
            return
        if limits:
            yield from self._against(next(iter(limits.values())), limits)
        elif self.words:
            bound = ", ".join(self.words)
            message = f"{self._what()} is none of its words"
            yield self._problem("E-VALUE", message, bound, nearest(self._text, self.words))
        else:
            usual = _measured(parameter_text(self._document, self._name, "default") or "")
            if usual is not None:
                yield from self._against(usual, {})

    def _against(self, sample: _Measured, limits: Mapping[str, _Measured]) -> Iterator[Problem]:
        bound = " to ".join(limits[key].text for key in ("min", "max") if key in limits)
        if len(limits) == 1:
            bound = f"{'at least' if 'min' in limits else 'at most'} {bound}"
        bound = " or ".join([bound, *self.words] if bound else self.words) or f"a {sample.kind}"
        found = _measured(self._text)
        if found is None or found.dimension is not sample.dimension:
            yield self._not_read(sample, bound)
            return
        low, high = limits.get("min"), limits.get("max")
        if (low and found.base < low.base) or (high and found.base > high.base):
            side = "below" if low and found.base < low.base else "above"
            message = f"{self._what()} is {side} what the protocol allows"
            yield self._problem(
                "E-RANGE",
                message,
                bound,
                f"write {sample.dimension.label if sample.dimension else 'a number'} in the range",
            )
        for note in found.reading.notes if found.reading else ():
            yield self._problem(note.code, f"{self._what()}: {note.message}", "", f"write {found.text}", Severity.NOTE)

    def _not_read(self, sample: _Measured, bound: str) -> Problem:
        if sample.dimension is None:
            return self._problem("E-NUMBER", f"{self._what()} is no plain number", bound, "write a number without unit")
        try:
            read_quantity(self._text, sample.dimension)
        except QuantityError as error:
            guess = nearest(self._text, self.words) if self.words and self._text[:1].isalpha() else error.remedy
            return self._problem(error.code, f"{self._what()}: {error.message}", bound, guess)
        raise AssertionError(self._text)

    def _what(self) -> str:
        return f"parameter {self._name} = {self._text}" + (" (given by --set)" if self._outside else "")

    def _problem(
        self, code: str, message: str, bound: str, remedy: str, severity: Severity = Severity.ERROR
    ) -> Problem:
        path: Path = (SECTION, self._name) if self._outside else (SECTION, self._name, "default")
        return problem_at(
            self._document, path, code, severity, message,
            value=self._text, bound=bound, remedy=remedy, at_key=self._outside,
        )  # fmt: skip

    def _at(self, key: str, code: str, message: str, *, bound: str = "", remedy: str = "") -> Problem:
        path: Path = (SECTION, self._name, key)
        return problem_at(self._document, path, code, Severity.ERROR, message, bound=bound, remedy=remedy)
