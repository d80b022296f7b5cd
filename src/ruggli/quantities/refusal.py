"""Why a text is no quantity: the message, the remedy and the place of the offending character."""

import re
from decimal import Decimal
from typing import Final

from ruggli.quantities.characters import described
from ruggli.quantities.dimension import Dimension
from ruggli.quantities.reader import LARGEST_EXPONENT, MAXIMUM_NUMBER_LENGTH, NUMBER_PATTERN, QuantityError
from ruggli.quantities.units import UNITS, canonical, dimension_of

_NUMBER: Final = re.compile(NUMBER_PATTERN, re.ASCII)
_SPACES: Final = "[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]"
_DASHES: Final = "\u2010-\u2015\u2212\ufe58\ufe63\uff0d"
_MAXIMUM_SHOWN: Final = 40

_WRONG_HERE: Final[dict[tuple[Dimension, str], str]] = {
    (Dimension.DURATION, "M"): "`M` is mol/L; for minutes write min",
    (Dimension.DURATION, "m"): "`m` is metre; for minutes write min",
    (Dimension.DURATION, "S"): "`S` is siemens; for seconds write s",
    (Dimension.TEMPERATURE, "C"): "`C` is coulomb; write degC",
    (Dimension.TEMPERATURE, "K"): "a temperature is given in degC only (80 K would be -193 degC)",
    (Dimension.TEMPERATURE, "degF"): "a temperature is given in degC only",
    (Dimension.VOLUME, "equiv"): "no amount is known here; a volume is given in mL",
    (Dimension.TEMPERATURE_DIFFERENCE, "degC"): "a temperature difference is given in K",
    (Dimension.TEMPERATURE_DIFFERENCE, "C"): "a temperature difference is given in K",
    (Dimension.TEMPERATURE_RAMP, "degC/h"): "write K/h",
    (Dimension.TEMPERATURE_RAMP, "degC/min"): "write K/min",
    (Dimension.TEMPERATURE_RAMP, "\u00b0C/h"): "write K/h",
    (Dimension.TEMPERATURE_RAMP, "\u00b0C/min"): "write K/min",
    (Dimension.ROTATIONAL_SPEED, "%"): "a speed is given in rpm only",
    (Dimension.VOLUME, "eq"): "no amount is known here; a volume is given in mL",
    (Dimension.VOLUME, "drops"): "the size of a drop is not known; a volume is given in mL",
    (Dimension.VOLUME, "drop"): "the size of a drop is not known; a volume is given in mL",
}
_WORDS: Final = {
    "equiv": "eq", "equiv.": "eq", "equivalent": "eq", "equivalents": "eq", "Eq": "eq", "EQ": "eq",
    "sec": "s", "secs": "s", "second": "s", "seconds": "s", "minute": "min", "minutes": "min", "mins": "min",
    "hr": "h", "hrs": "h", "hour": "h", "hours": "h", "day": "d", "days": "d",
    "C": "degC", "celsius": "degC", "Celsius": "degC", "F": "degC", "\u00b0F": "degC",
    "cc": "mL", "ccm": "mL", "cm3": "mL", "cm\u00b3": "mL", "percent": "%", "pct": "%",
    "RPM": "rpm", "1/min": "rpm", "molar": "M", "mole%": "mol%",
}  # fmt: skip


def explain(text: str, dimension: Dimension) -> QuantityError:
    """The refusal of a text that `read_quantity` did not accept."""
    if not text.strip():
        return _number_error("the number is missing", dimension)
    return (
        _of_sign_or_digit(text, dimension)
        or _of_number(text, dimension)
        or _of_foreign_character(text)
        or _of_unit(text, dimension)
    )


def _form(dimension: Dimension) -> str:
    return f"write a number and a unit of {dimension.label}, e.g. {dimension.example}"


def _number_error(message: str, dimension: Dimension, offset: int = 0, remedy: str = "") -> QuantityError:
    return QuantityError("E-NUMBER", message, remedy or _form(dimension), offset)


def _of_sign_or_digit(text: str, dimension: Dimension) -> QuantityError | None:
    for offset, character in enumerate(text[:_MAXIMUM_SHOWN]):
        if character.isascii():
            continue
        if re.match(f"[{_DASHES}]", character):
            if re.match(r"[0-9]", text[offset - 1 : offset] if offset else "") or re.match(
                r"[0-9.]\s", text[:offset][-2:]
            ):
                return _number_error(
                    "a range is not a number", dimension, offset, "write one number, e.g. " + dimension.example
                )
            return _number_error(
                f"minus sign {described(character)} is not read", dimension, offset, "write a plain hyphen-minus `-`"
            )
        if character == "\u00b1":
            return _number_error("an uncertainty is not read", dimension, offset, "write the number alone")
        if character.isnumeric() and not character.isalpha():
            return QuantityError("E-CHAR", f"digit {described(character)} is not read", "write digits 0 to 9", offset)
    return None


def _of_number(text: str, dimension: Dimension) -> QuantityError | None:
    lead = re.match(r"\s*[+-]?", text)
    start = lead.end() if lead else 0
    rest = text[start:]
    if re.match(r"\.?(nan|inf)", rest, re.IGNORECASE):
        return _number_error("the number is not finite", dimension, start)
    if text[0].isspace():
        return _number_error("a space stands before the number", dimension, 0, "remove the space")
    if re.match(r"0[xXoObB]", rest):
        return _number_error("only plain decimal numbers are read", dimension, start + 1)
    if re.match(r"[(\[{]", rest):
        return _number_error("arithmetic is not read", dimension, start, "write the result")
    if re.match(r"\.[0-9]", rest):
        return _number_error("a digit is missing before the point", dimension, start, "write 0" + _clip(rest))
    found = _NUMBER.match(text)
    if found is None:
        return _number_error("the number is missing", dimension, start)
    return _of_number_end(text, found.end(), dimension) or _of_size(text, found.group(), dimension)


def _of_number_end(text: str, end: int, dimension: Dimension) -> QuantityError | None:
    """What follows the longest beginning that is a number: no sign of a longer number may stand there."""
    after = text[end:]
    number = text[:end]
    if re.fullmatch(r" +1/[a-zA-Z/]+", after):
        return None  # a unit such as 1/s
    cases = (
        (r":[0-9]", ""),
        (r"[0-9]", "leading zero"),
        (r"_", "an underscore is no part of a number"),
        (r",", "a comma is never read in a number"),
        (rf"{_SPACES}+[0-9]", "a space inside a number is not read"),
        (r"['\u2019][0-9]", "an apostrophe inside a number is not read"),
        (r"\.\.", "a range is not a number"),
        (r"\.[0-9]", "a number has one decimal point"),
        (r"\.", "a digit is missing after the point"),
        (r"E[+-]?[0-9]", "an exponent is written with a small e"),
        (r"[eE][+-]?(\s|$)", "the exponent is incomplete"),
        (rf"{_SPACES}*(-|to\b){_SPACES}*[0-9]", "a range is not a number"),
        (r"\s*(\*|\+/-|[+^(])", "arithmetic is not read"),
        (r"[^;]*([*+]\s*[(.0-9]|\s-\s*[0-9])", "arithmetic is not read"),
    )
    for pattern, message in cases:
        if not re.match(pattern, after):
            continue
        if pattern.startswith(":"):
            return _of_clock_time(text, end, dimension)
        if message == "leading zero":
            return _number_error("a leading zero is not read", dimension, 0, "write the number without it")
        offset = end + len(after) - len(after.lstrip())
        if message == "arithmetic is not read":
            return _number_error(message, dimension, end + _operator(after), "write the result")
        if after.startswith(","):
            return _number_error(message, dimension, end, _without_comma(text, end))
        return _number_error(message, dimension, end if "space" in message else offset)
    if re.fullmatch(r"[+-]?[0-9]+", number) and len(number) > MAXIMUM_NUMBER_LENGTH:
        return _number_error(
            f"the number is too long: {len(number)} characters, at most {MAXIMUM_NUMBER_LENGTH}", dimension
        )
    return None


def _operator(after: str) -> int:
    found = re.search(r"\*|\+|\^|\(|\s-", after)
    return found.start() if found else 0


def _without_comma(text: str, end: int) -> str:
    decimals = re.match(r"([0-9]+),([0-9]+)", text.lstrip("+-"))
    if decimals is None or len(decimals[2]) == 3:
        return "write the number without a comma, with a point before the decimals"
    return f"for a decimal comma write a point: {_clip(text[:end] + '.' + text[end + 1 :])}"


def _of_clock_time(text: str, end: int, dimension: Dimension) -> QuantityError:
    if dimension is not Dimension.DURATION:
        return _number_error("a colon is no part of a number", dimension, end)
    parts = re.fullmatch(r"([0-9]{1,4}):([0-9]{1,2})(?::([0-9]{1,2}))?", text.strip())
    if parts is None:
        remedy = f"write a number and a unit, e.g. {dimension.example}"
    elif parts[3] is None:
        first, second = int(parts[1]), int(parts[2])
        remedy = f"write {first * 60 + second} s or {_plain(first + second / 60)} h"
    else:
        remedy = f"write {int(parts[1]) * 3600 + int(parts[2]) * 60 + int(parts[3])} s"
    return QuantityError("E-TIME", "a time with colons can mean hours or minutes", remedy, end)


def _plain(value: float) -> str:
    return f"{value:.4f}".rstrip("0").rstrip(".")


def _of_size(text: str, number: str, dimension: Dimension) -> QuantityError | None:
    exponent = re.search(r"e[+-]?([0-9]+)", number)
    if exponent and len(exponent[1]) > MAXIMUM_NUMBER_LENGTH:
        return _number_error("the exponent is too long", dimension)
    value = Decimal(number)
    if value and value.adjusted() >= LARGEST_EXPONENT and exponent:
        return _number_error(f"the number is too large: it must be below 1e{LARGEST_EXPONENT}", dimension)
    if value and value.adjusted() <= -LARGEST_EXPONENT:
        message = f"the number is too small, below 1e-{LARGEST_EXPONENT - 1} and below the resolution of any device"
        return QuantityError("E-RANGE", message, f"write a larger number, e.g. {dimension.example}", 0)
    if len(number) > MAXIMUM_NUMBER_LENGTH:
        return _number_error(
            f"the number is too long: {len(number)} characters, at most {MAXIMUM_NUMBER_LENGTH}", dimension
        )
    return None


def _of_foreign_character(text: str) -> QuantityError | None:
    for offset, character in enumerate(text):
        if character.isascii() and (character.isprintable()):
            continue
        if character in "\u00b5\u03bc\u00b0":
            continue
        remedy = "write degC" if character == "\u2103" else "write it with plain letters, digits and one plain space"
        return QuantityError("E-CHAR", f"character {described(character)} is not read", remedy, offset)
    return None


def _of_unit(text: str, dimension: Dimension) -> QuantityError:
    found = _NUMBER.match(text)
    end = found.end() if found else 0
    spelling = text[end:].lstrip(" ")
    offset = len(text) - len(spelling)
    if not spelling:
        return QuantityError("E-UNIT", "the unit is missing", _form(dimension), len(text))
    if spelling != spelling.rstrip():
        return QuantityError("E-UNIT", "a space stands after the unit", "remove the space", len(text.rstrip()))
    name, _ = canonical(spelling)
    shown = _clip(spelling)
    here = _WRONG_HERE.get((dimension, spelling))
    if here:
        return QuantityError("E-UNIT", f"`{shown}` is not a unit of {dimension.label}", here, offset)
    other = dimension_of(name)
    if other is not None:
        message = f"`{_clip(text)}` is {other.phrase}, and {dimension.phrase} is wanted"
        return QuantityError("E-DIMENSION", message, f"write e.g. {dimension.example}", offset)
    return _of_unknown_unit(spelling, shown, dimension, offset)


def _of_unknown_unit(spelling: str, shown: str, dimension: Dimension, offset: int) -> QuantityError:
    guess = _guess(spelling, dimension)
    if guess and guess not in UNITS[dimension]:
        return QuantityError("E-UNIT", f"`{shown}` is not a unit of {dimension.label}", _form(dimension), offset)
    listed = ", ".join(UNITS[dimension][:8])
    remedy = f"did you mean {guess}? " if guess else ""
    remedy += f"Units of {dimension.label}: {listed}" if not guess else f"e.g. {dimension.example}"
    trailing = re.match(r"(\S+?)[\s;,].*", spelling, re.DOTALL)
    if trailing and dimension_of(canonical(trailing[1])[0]) is not None and not guess:
        after = offset + len(trailing[1])
        return QuantityError("E-UNIT", f"text follows the unit {trailing[1]}", "remove what follows", after)
    return QuantityError("E-UNIT", f"`{shown}` is not a known unit", remedy, offset)


def _guess(spelling: str, dimension: Dimension) -> str:
    inverse = re.fullmatch(r"(\S+)[ .]([a-z]+)(?:-1|\^-1|\*\*-1)", spelling)
    if inverse and canonical(f"{inverse[1]}/{inverse[2]}")[0] in UNITS[dimension]:
        return canonical(f"{inverse[1]}/{inverse[2]}")[0]
    word = _WORDS.get(spelling)
    if word:
        return word
    head, slash, tail = spelling.partition("/")
    rebuilt = _WORDS.get(head, head) + slash + _WORDS.get(tail, tail)
    every = [*UNITS[dimension], *(name for names in UNITS.values() for name in names)]
    folded = canonical(rebuilt)[0].replace(" ", "").casefold()
    return next((name for name in every if name.casefold() == folded), "")


def _clip(text: str) -> str:
    return text if len(text) <= _MAXIMUM_SHOWN else text[: _MAXIMUM_SHOWN - 3] + "..."
