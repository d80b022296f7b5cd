"""Every row N and U of the bad-input corpus, read as a field of a file would read it (above zero)."""

import re

import pytest
from pydantic import TypeAdapter, ValidationError

from ruggli.quantities.dimension import Dimension
from ruggli.quantities.fields import (
    Duration,
    Equivalents,
    FlowRate,
    RotationalSpeed,
    Temperature,
    TemperatureRamp,
    Volume,
)
from ruggli.quantities.reader import QuantityError, read_quantity

ADAPTERS = {
    Dimension.VOLUME: TypeAdapter(Volume),
    Dimension.FLOW_RATE: TypeAdapter(FlowRate),
    Dimension.DURATION: TypeAdapter(Duration),
    Dimension.TEMPERATURE: TypeAdapter(Temperature),
    Dimension.TEMPERATURE_RAMP: TypeAdapter(TemperatureRamp),
    Dimension.ROTATIONAL_SPEED: TypeAdapter(RotationalSpeed),
    Dimension.EQUIVALENTS: TypeAdapter(Equivalents),
}
V, F, T = Dimension.VOLUME, Dimension.FLOW_RATE, Dimension.DURATION
C, R, S, E = (
    Dimension.TEMPERATURE,
    Dimension.TEMPERATURE_RAMP,
    Dimension.ROTATIONAL_SPEED,
    Dimension.EQUIVALENTS,
)

# row, text, dimension wanted, code, offset (None: about the whole value), words of message or remedy
REFUSED = [
    ("N01", "5,5 mL", V, "E-NUMBER", 1, "5.5 mL"),
    ("N02", "1,000 mL", V, "E-NUMBER", 1, "comma is never read"),
    ("N03", "1 000 mL", V, "E-NUMBER", 1, "space inside a number"),
    ("N03-nbsp", "1\u00a0000 mL", V, "E-NUMBER", 1, "space inside a number"),
    ("N03-thin", "1\u2009000 mL", V, "E-NUMBER", 1, "space inside a number"),
    ("N04", "5.5.5 mL", V, "E-NUMBER", 3, "one decimal point"),
    ("N05", "\u22125 mL", V, "E-NUMBER", 0, "minus sign U+2212"),
    ("N06", "5\u22123 mL", V, "E-NUMBER", 1, "range"),
    ("N06-en", "5\u20133 mL", V, "E-NUMBER", 1, "range"),
    ("N06-hyphen", "5-3 mL", V, "E-NUMBER", 1, "range"),
    ("N06-words", "5 to 6 mL", V, "E-NUMBER", 2, "range"),
    ("N07", "-5 mL/h", F, "E-RANGE", None, "above 0 mL/h"),
    ("N08", "0 mL", V, "E-RANGE", None, "above 0 mL"),
    ("N08-rate", "0 mL/h", F, "E-RANGE", None, "above 0 mL/h"),
    ("N09", "-0.0 mL", V, "E-RANGE", None, "above 0 mL"),
    ("N10", "1e999 mL/h", F, "E-NUMBER", 0, "too large"),
    ("N11", "1e-999 mL", V, "E-RANGE", 0, "resolution"),
    ("N12", "nan mL/h", F, "E-NUMBER", 0, "not finite"),
    ("N12-yaml", ".nan", V, "E-NUMBER", 0, "not finite"),
    ("N13", "inf mL", V, "E-NUMBER", 0, "not finite"),
    ("N13-yaml", ".inf", V, "E-NUMBER", 0, "not finite"),
    ("N13-minus", "-inf mL", V, "E-NUMBER", 1, "not finite"),
    ("N14", "9" * 5000, V, "E-NUMBER", 0, "too long"),
    ("N14-unit", "1" * 16 + " mL", V, "E-NUMBER", 0, "too long"),
    ("N15", "0x" + "f" * 10**6, V, "E-NUMBER", 1, "plain decimal"),
    ("N16", "010 mL", V, "E-NUMBER", 0, "leading zero"),
    ("N17", "1_000 mL", V, "E-NUMBER", 1, "underscore"),
    ("N18", "1:30", T, "E-TIME", 1, "90 s or 1.5 h"),
    ("N19", "12:30:00", T, "E-TIME", 2, "45000 s"),
    ("N21", "9**9**9 mL", V, "E-NUMBER", 1, "arithmetic"),
    ("N22", "5 mL*1e3", V, "E-NUMBER", 4, "arithmetic"),
    ("N22-brackets", "(1+1) mL", V, "E-NUMBER", 0, "arithmetic"),
    ("N23", "1/0 mL", V, "E-UNIT", 1, "not a known unit"),
    ("N23-rate", "10 mL/0 h", F, "E-UNIT", 3, "not a known unit"),
    ("N24", "5 \u00b1 0.1 mL", V, "E-NUMBER", 2, "uncertainty"),
    ("N25", "5 mL; 3", V, "E-UNIT", 4, "follows the unit"),
    ("N26", "\uff15 mL", V, "E-CHAR", 0, "U+FF15"),
    ("N26-arabic", "\u0665 mL", V, "E-CHAR", 0, "U+0665"),
    ("N27", "5e mL", V, "E-NUMBER", 1, "exponent"),
    ("U01", "5", V, "E-UNIT", 1, "unit is missing"),
    ("U02", "mL", V, "E-NUMBER", 0, "number is missing"),
    ("U05", "5 ML", V, "E-UNIT", 2, "did you mean mL"),
    ("U05-Ml", "5 Ml", V, "E-UNIT", 2, "did you mean mL"),
    ("U06", "5 M", T, "E-UNIT", 2, "write min"),
    ("U07", "5 m", T, "E-UNIT", 2, "write min"),
    ("U08", "5 S", T, "E-UNIT", 2, "write s"),
    ("U09", "80 C", C, "E-UNIT", 3, "write degC"),
    ("U10-sign", "80 \u2103", C, "E-CHAR", 3, "U+2103"),
    ("U11", "5 degC + 5 delta_degC", C, "E-NUMBER", 7, "arithmetic"),
    ("U12", "80 degC/h", R, "E-UNIT", 3, "write K/h"),
    ("U13", "353 K", C, "E-UNIT", 4, "degC only"),
    ("U14", "176 degF", C, "E-UNIT", 4, "degC only"),
    ("U15", "5 mL h-1", F, "E-UNIT", 2, "mL/h"),
    ("U16", "5 mL mL", V, "E-UNIT", 4, "follows the unit"),
    ("U16-barn", "5 barn*megaparsec", V, "E-UNIT", 2, "not a known unit"),
    ("U17", "5 mL", F, "E-DIMENSION", 2, "5 mL/h"),
    ("U17-volume", "5 mL/h", V, "E-DIMENSION", 2, "5 mL"),
    ("U18", "50 %", S, "E-UNIT", 3, "rpm only"),
    ("U19", "2 drops", V, "E-UNIT", 2, "mL"),
    ("U19-equiv", "1.1 equiv", V, "E-UNIT", 4, "no amount is known"),
    ("U19-eq", "1.1 equiv", E, "E-UNIT", 4, "did you mean eq"),
    ("more-empty", "", V, "E-NUMBER", 0, "missing"),
    ("more-nbsp", "5\u00a0mL", V, "E-CHAR", 1, "U+00A0"),
    ("more-tab", "5\tmL", V, "E-CHAR", 1, "U+0009"),
    ("more-point", ".5 mL", V, "E-NUMBER", 0, "0.5 mL"),
    ("more-no-decimals", "5. mL", V, "E-NUMBER", 1, "after the point"),
    ("more-capital-e", "5E3 mL", V, "E-NUMBER", 1, "small e"),
    ("more-apostrophe", "5'000 mL", V, "E-NUMBER", 1, "apostrophe"),
    ("more-space-first", " 5 mL", V, "E-NUMBER", 0, "space"),
    ("more-space-last", "5 mL ", V, "E-UNIT", 4, "space"),
    ("more-newline", "5 mL\n", V, "E-CHAR", 4, "U+000A"),
    ("more-hours", "5 hours", T, "E-UNIT", 2, "did you mean h"),
    ("more-hr", "5 mL/hr", F, "E-UNIT", 2, "did you mean mL/h"),
    ("more-superscript", "5 cm\u00b3", V, "E-CHAR", 4, "U+00B3"),
    ("more-below-absolute-zero", "-300 degC", C, "E-RANGE", None, "-273.15 degC"),
]

# row, text, dimension, canonical text, value in the base unit, codes of notes
ACCEPTED = [
    ("N20", "1e3 mL", V, "1000 mL", 1000.0, []),
    ("U03-micro", "5 \u00b5L", V, "5 uL", 0.005, []),
    ("U03-mu", "5 \u03bcL", V, "5 uL", 0.005, []),
    ("U03", "5 uL", V, "5 uL", 0.005, []),
    ("U04-ul", "5 ul", V, "5 uL", 0.005, ["N-UNIT-CASE"]),
    ("U04-ml", "5 ml", V, "5 mL", 5.0, ["N-UNIT-CASE"]),
    ("U04-l", "5 l", V, "5 L", 5000.0, ["N-UNIT-CASE"]),
    ("U04-rate", "6 ml/min", F, "6 mL/min", 0.1, ["N-UNIT-CASE"]),
    ("U10", "80 \u00b0C", C, "80 degC", 80.0, []),
    ("no-space", "5mL", V, "5 mL", 5.0, []),
    ("plus", "+5.50 mL", V, "5.5 mL", 5.5, []),
    ("eq-is-no-exponent", "5eq", E, "5 eq", 5.0, []),
    ("day", "1 d", T, "1 d", 86400.0, []),
]


@pytest.mark.parametrize(
    ("text", "dimension", "code", "offset", "words"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_row_is_refused(text: str, dimension: Dimension, code: str, offset: int | None, words: str) -> None:
    with pytest.raises(ValidationError) as caught:
        ADAPTERS[dimension].validate_python(text)
    (error,) = caught.value.errors()
    context = error["ctx"]
    assert (error["type"], context.get("offset")) == (code, offset)
    assert words in f"{context['message']} {context['remedy']}"
    assert context["remedy"]
    assert len(context["value"]) <= 60 and len(context["message"]) < 200


@pytest.mark.parametrize(
    ("text", "dimension", "shown", "base", "notes"), [row[1:] for row in ACCEPTED], ids=[row[0] for row in ACCEPTED]
)
def test_row_is_accepted(text: str, dimension: Dimension, shown: str, base: float, notes: list[str]) -> None:
    reading = ADAPTERS[dimension].validate_python(text)
    assert (str(reading), reading.base, [note.code for note in reading.notes]) == (shown, base, notes)
    if notes:
        assert text[reading.notes[0].offset :] == text.split()[1]


def test_every_row_of_the_reader_is_here() -> None:
    named = {row[0].split("-")[0] for row in (*REFUSED, *ACCEPTED)}
    reader_rows = {f"N{number:02d}" for number in range(1, 28)} | {f"U{number:02d}" for number in range(1, 20)}
    assert reader_rows <= named  # N28 and N29 are checks of the plan


def test_huge_input_is_refused_at_once() -> None:
    for text in ("9" * 10**6, "1" + " " * 10**5, "5 mL" + "*" * 10**5, "5" + "+" * 10**5, "5 " + "mL " * 10**4):
        with pytest.raises(QuantityError) as caught:
            read_quantity(text, V)
        assert len(str(caught.value)) < 300


def test_offset_points_into_the_text() -> None:
    for _, text, dimension, _, offset, _ in REFUSED:
        if offset is not None and len(text) < 100:
            with pytest.raises(QuantityError) as caught:
                read_quantity(text, dimension)
            assert 0 <= caught.value.offset <= len(text)


def test_no_message_repeats_a_misleading_character() -> None:
    for text in ("5\u202emL", "\u22125 mL", "5 \u2103", "5\u200bmL"):
        with pytest.raises(QuantityError) as caught:
            read_quantity(text, V)
        assert re.fullmatch(r"[\x20-\x7e]+", str(caught.value))
