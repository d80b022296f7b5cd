"""The float of the inner loops is what pint says, for every unit of the list; and pint is loaded only when needed."""

import math
import subprocess
import sys
from pathlib import Path

import pytest

from ruggli.quantities import registry as registry_module
from ruggli.quantities.dimension import Dimension
from ruggli.quantities.reader import read_quantity
from ruggli.quantities.registry import registry
from ruggli.quantities.units import UNITS, canonical, dimension_of, factor, pint_name, unit

BASES = {
    Dimension.MOLE_PERCENT: "mole_fraction",
    Dimension.PERCENT: "dimensionless",
    Dimension.EQUIVALENTS: "equivalent",
    Dimension.TEMPERATURE: "degree_Celsius",
    Dimension.TEMPERATURE_DIFFERENCE: "delta_degree_Celsius",
    Dimension.TEMPERATURE_RAMP: "delta_degree_Celsius/second",
}
EVERY = [(dimension, name) for dimension, names in UNITS.items() for name in names]


@pytest.mark.parametrize(("dimension", "name"), EVERY, ids=[f"{d.name}-{name}" for d, name in EVERY])
@pytest.mark.parametrize("number", ["1", "0.1", "12.345", "-3", "1e-6", "123456789"])
def test_base_is_what_pint_says(dimension: Dimension, name: str, number: str) -> None:
    reading = read_quantity(f"{number} {name}", dimension)
    expected = reading.quantity.m_as(BASES.get(dimension, dimension.base))
    assert math.isclose(reading.base, expected, rel_tol=1e-14)
    assert reading.quantity.magnitude == float(number)


@pytest.mark.parametrize(
    ("text", "dimension", "base"),
    [
        ("5 mL/h", Dimension.FLOW_RATE, 5 / 3600),
        ("250 uL", Dimension.VOLUME, 0.25),
        ("1 L/min", Dimension.FLOW_RATE, 1000 / 60),
        ("5 mM", Dimension.CONCENTRATION, 0.005),
        ("1 mmol/mL", Dimension.CONCENTRATION, 1.0),
        ("2 mol", Dimension.AMOUNT, 2000.0),
        ("1 kg/L", Dimension.DENSITY, 1.0),
        ("90 K/h", Dimension.TEMPERATURE_RAMP, 0.025),
        ("5 mol%", Dimension.MOLE_PERCENT, 0.05),
    ],
)
def test_base_is_free_of_float_dust(text: str, dimension: Dimension, base: float) -> None:
    assert read_quantity(text, dimension).base == base


def test_each_unit_has_one_dimension_and_a_factor() -> None:
    names = [name for _, name in EVERY]
    assert len(names) == len(set(names))
    for dimension, name in EVERY:
        assert dimension_of(name) is dimension
        assert canonical(name) == (name, False)
        assert factor(name) == unit(name).numerator / unit(name).denominator > 0
    with pytest.raises(KeyError):
        unit("furlong")


def test_differences_add_to_temperatures() -> None:
    plate = read_quantity("40 degC", Dimension.TEMPERATURE).quantity
    margin = read_quantity("5 K", Dimension.TEMPERATURE_DIFFERENCE).quantity
    assert (plate + margin).m_as("degC") == pytest.approx(45)


def test_equivalents_and_percentages_do_not_mix() -> None:
    own = [(Dimension.EQUIVALENTS, "eq"), (Dimension.MOLE_PERCENT, "mol%"), (Dimension.PERCENT, "%")]
    quantities = [read_quantity(f"1 {name}", dimension).quantity for dimension, name in own]
    assert len({str(quantity.dimensionality) for quantity in quantities}) == 3
    assert len({read_quantity(f"1 {name}", dimension) for dimension, name in own}) == 3


def test_every_quantity_belongs_to_the_one_registry() -> None:
    assert registry() is registry()
    flow, time = read_quantity("5 mL/h", Dimension.FLOW_RATE), read_quantity("2 h", Dimension.DURATION)
    assert (flow.quantity * time.quantity).m_as("mL") == pytest.approx(10)
    assert registry().autoconvert_offset_to_baseunit is False


@pytest.mark.parametrize("damage", ["torn", "empty", "foreign"])
def test_a_damaged_cache_costs_time_and_nothing_else(tmp_path: Path, damage: str) -> None:
    assert registry_module._build(str(tmp_path)) is not None
    pickles = list(tmp_path.glob("*.pickle"))
    assert pickles
    for path in pickles:
        whole = path.read_bytes()
        path.write_bytes({"torn": whole[: len(whole) // 2], "empty": b"", "foreign": b"not a pickle"}[damage])
    assert registry_module._build(str(tmp_path)) is None
    fallback = registry_module._build(None)
    assert fallback is not None
    assert fallback.Quantity(1.0, pint_name("mL/h")).m_as("uL/h") == pytest.approx(1000)


def test_a_cache_folder_that_cannot_be_made_is_no_obstacle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    monkeypatch.setattr(registry_module, "_cache_folder", lambda: str(blocked / "below"))
    registry.cache_clear()
    try:
        assert registry().Quantity(1.0, "mL").m_as("uL") == pytest.approx(1000)
    finally:
        registry.cache_clear()


def test_models_can_be_imported_without_pint() -> None:
    code = "import sys, ruggli.quantities.fields, ruggli.documents.validate; sys.exit('pint' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
