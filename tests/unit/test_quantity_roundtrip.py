"""What is printed can be read back to the same value; nothing but a QuantityError escapes from the reader."""

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from ruggli.quantities.dimension import Dimension
from ruggli.quantities.reader import MAXIMUM_NUMBER_LENGTH, QuantityError, read_quantity, show
from ruggli.quantities.units import UNITS, factor

REPEATABLE = settings(derandomize=True, database=None, deadline=None, max_examples=400)

units = st.sampled_from([(dimension, name) for dimension, names in UNITS.items() for name in names])
digits = st.integers(0, 10**13).map(str)
numbers = st.builds(
    lambda sign, whole, decimals, exponent: f"{sign}{whole}{decimals}{exponent}",
    st.sampled_from(["", "-", "+"]),
    digits,
    st.one_of(st.just(""), st.from_regex(r"\.[0-9]{1,12}", fullmatch=True)),
    st.one_of(st.just(""), st.integers(-25, 25).map(lambda exponent: f"e{exponent}")),
).filter(lambda text: len(text) <= MAXIMUM_NUMBER_LENGTH)


@REPEATABLE
@given(units, numbers, st.sampled_from(["", " ", "   "]))
def test_text_reads_back_to_the_same_value(unit: tuple[Dimension, str], number: str, space: str) -> None:
    dimension, name = unit
    try:
        reading = read_quantity(number + (space or " " * name.startswith("1/")) + name, dimension)
    except QuantityError as error:
        assert error.code in ("E-NUMBER", "E-RANGE") and abs(Decimal(number).adjusted()) >= 15
        return
    again = read_quantity(str(reading), dimension)
    assert again == reading
    assert again.number == reading.number == Decimal(number)
    assert again.unit == name
    assert str(again) == str(reading)


@REPEATABLE
@given(st.text(max_size=30), st.sampled_from(Dimension))
def test_any_text_is_read_or_refused(text: str, dimension: Dimension) -> None:
    check_read_or_refused(text, dimension)


def check_read_or_refused(text: str, dimension: Dimension) -> None:
    try:
        reading = read_quantity(text, dimension)
    except QuantityError as error:
        assert error.code.startswith("E-") and error.message and error.remedy and 0 <= error.offset <= len(text)
    else:
        assert read_quantity(str(reading), dimension) == reading


@REPEATABLE
@given(st.text("0123456789+-.eE_,: xmLuhMdegCK%/*()\u22125\u00b5\u00a0", max_size=16), st.sampled_from(Dimension))
def test_near_misses_are_read_or_refused(text: str, dimension: Dimension) -> None:
    check_read_or_refused(text, dimension)


@REPEATABLE
@given(st.sampled_from(Dimension), st.floats(1e-6, 1e6))
def test_shown_value_can_be_read_and_is_near(dimension: Dimension, base: float) -> None:
    text = show(base, dimension)
    assert "e-" not in text and "e+" not in text
    reading = read_quantity(text, dimension)
    resolution = 1e-12 * factor(reading.unit)
    assert abs(reading.base - base) <= 5.001e-4 * base + resolution


def test_show_picks_the_unit_that_people_use() -> None:
    assert show(2.5 / 3600, Dimension.FLOW_RATE) == "2.5 mL/h"
    assert show(0.1, Dimension.FLOW_RATE) == "6 mL/min"
    assert show(0.6 / 3600, Dimension.FLOW_RATE) == "10 uL/min"
    assert show(43_200.0, Dimension.DURATION) == "12 h"
    assert show(5_400.0, Dimension.DURATION) == "1.5 h"
    assert show(90.0, Dimension.DURATION) == "1.5 min"
    assert show(0.005, Dimension.CONCENTRATION) == "5 mM"
    assert show(39.8, Dimension.TEMPERATURE) == "39.8 degC"
    assert show(-78.0, Dimension.TEMPERATURE) == "-78 degC"
    assert show(0.05, Dimension.MOLE_PERCENT) == "5 mol%"
    assert show(0.0, Dimension.VOLUME) == "0 mL"
    assert show(161.75, Dimension.VOLUME) == "161.75 mL"
    assert show(1 / 3, Dimension.VOLUME) == "333.3 uL"
