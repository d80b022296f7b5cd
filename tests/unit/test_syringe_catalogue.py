"""The syringe catalogue and what follows from bores: strokes, areas, hold-up, a resolved syringe."""

import math

import pytest

from ruggli.documents.problem import ProblemsError
from ruggli.quantities.base import Millilitres, Millimetres
from ruggli.quantities.dimension import Dimension
from ruggli.quantities.reader import read_quantity
from ruggli.rig.catalogue import CATALOGUE, SOURCES, default_dead_volume, find, look_up, makes
from ruggli.rig.consistency import LONGEST_STROKE, SHORTEST_STROKE
from ruggli.rig.geometry import area_mm2, hold_up, resolve_syringe, spec_of, stroke
from ruggli.rig.model import Device, Port, Syringe, Tubing


def length(text: str) -> object:
    return read_quantity(text, Dimension.LENGTH)


def volume(text: str) -> object:
    return read_quantity(text, Dimension.VOLUME)


@pytest.mark.parametrize(
    ("make", "size", "bore"),
    [
        ("BD", 1.0, 4.699),
        ("BD plastic", 3.0, 8.585),
        ("becton dickinson", 5.0, 11.99),
        ("BD", 10.0, 14.43),
        ("BD", 20.0, 19.05),
        ("BD", 30.0, 21.59),
        ("BD", 60.0, 26.59),
        ("Hamilton", 1.0, 4.61),
        ("hamilton gastight", 2.5, 7.28),
        ("Hamilton Gastight 1000", 5.0, 10.30),
        ("Gastight", 10.0, 14.57),
        ("Hamilton", 25.0, 23.03),
        ("Hamilton", 50.0, 32.57),
        ("Hamilton", 0.0005, 0.103),
        ("Hamilton", 0.25, 2.30),
        ("SGE", 0.025, 0.728),
        ("Trajan", 10.0, 14.57),
        ("Terumo", 60.0, 29.7),
        ("TERUMO JAPAN", 1.0, 6.5),
        ("Norm-Ject", 10.0, 15.9),
        ("normject", 50.0, 29.2),
        ("Monoject", 140.0, 38.0),
        ("Monoject", 35.0, 23.8),
        ("Harvard", 100.0, 34.9),
        ("Hoshi", 20.0, 20.45),
    ],
)
def test_bores_of_the_sources(make: str, size: float, bore: float) -> None:
    assert find(make, Millilitres(size)).bore == bore


def test_disagreeing_sources_are_both_kept_and_the_first_is_used() -> None:
    entry = find("Monoject", Millilitres(1.0))
    assert [(found.source, found.bore) for found in entry.bores] == [("a", 5.74), ("b", 4.65)]
    assert entry.bore == 5.74 and entry.disputed
    assert not find("Monoject", Millilitres(3.0)).disputed  # 8.941 and 8.94 are one figure
    assert not find("BD", Millilitres(10.0)).disputed


def test_every_row_has_known_sources_and_a_plausible_stroke() -> None:
    assert len({(entry.make, entry.size) for entry in CATALOGUE}) == len(CATALOGUE)
    for entry in CATALOGUE:
        assert entry.make in makes()
        for found in entry.bores:
            assert found.source in SOURCES
            assert SHORTEST_STROKE < stroke(entry.size, found.bore) < LONGEST_STROKE, entry.label


def test_hamilton_syringes_share_one_barrel_length() -> None:
    """60 mm (the 10 uL one 55 mm): a bore with two digits exchanged, or a size wrong by ten, would stand out."""
    for entry in CATALOGUE:
        if entry.make.startswith("Hamilton"):
            travel = 55.0 if entry.size == 0.01 else 60.0
            assert stroke(entry.size, entry.bore) == pytest.approx(travel, rel=0.02), entry.label


def test_gas_tightness_is_told_where_known() -> None:
    assert find("Hamilton", Millilitres(50.0)).gas_tight is True
    assert find("BD", Millilitres(60.0)).gas_tight is False
    assert find("Harvard", Millilitres(50.0)).gas_tight is None


def test_unknown_make_lists_makes_and_suggests() -> None:
    with pytest.raises(ProblemsError) as caught:
        find("Hamiltn", Millilitres(10.0))
    (problem,) = caught.value.problems
    assert (problem.code, problem.value) == ("E-REF", "Hamiltn")
    assert problem.remedy.startswith("did you mean Hamilton Gastight")
    assert "Terumo" in problem.bound


def test_unknown_make_without_a_near_one() -> None:
    with pytest.raises(ProblemsError) as caught:
        find("Zzyzx", Millilitres(10.0))
    assert "did you mean" not in caught.value.problems[0].remedy


def test_unknown_size_lists_sizes() -> None:
    assert look_up("BD", Millilitres(100.0)) is None
    with pytest.raises(ProblemsError) as caught:
        find("BD", Millilitres(100.0))
    (problem,) = caught.value.problems
    assert (problem.code, problem.value) == ("E-REF", "100 mL")
    assert problem.bound == "1 mL, 3 mL, 5 mL, 10 mL, 20 mL, 30 mL, 60 mL"


def test_geometry() -> None:
    assert area_mm2(Millimetres(2.0)) == pytest.approx(math.pi)
    assert stroke(Millilitres(50.0), Millimetres(32.57)) == pytest.approx(60.01, abs=0.01)
    tubing = Tubing.model_validate({"bore": length("0.8 mm"), "length": length("0.6 m"), "to": "flask"})
    assert hold_up(tubing) == pytest.approx(0.301593, abs=1e-6)


@pytest.mark.parametrize(
    ("size", "dead"), [(0.01, 0.0002), (1, 0.07), (3, 0.07), (5, 0.075), (10, 0.1), (20, 0.2), (50, 0.2), (140, 0.2)]
)
def test_default_dead_volume(size: float, dead: float) -> None:
    assert default_dead_volume(Millilitres(size)) == pytest.approx(dead)


def test_resolved_from_the_catalogue() -> None:
    spec = spec_of(Syringe.model_validate({"make": "hamilton", "size": volume("50 mL")}))
    assert (spec.make, spec.size, spec.bore, spec.gas_tight) == ("Hamilton Gastight", 50.0, 32.57, True)
    assert (spec.dead_volume, spec.label) == (0.2, "Hamilton Gastight 50 mL")
    assert spec.stroke == pytest.approx(60.0, abs=0.1)


def test_a_stated_figure_goes_before_the_catalogue() -> None:
    stated = {"make": "BD", "size": volume("20 mL"), "bore": length("19.1 mm"), "dead_volume": volume("150 uL")}
    spec = spec_of(Syringe.model_validate({**stated, "gas_tight": True}))
    assert (spec.bore, spec.dead_volume, spec.gas_tight, spec.label) == (19.1, 0.15, True, "BD 20 mL")


def test_bore_without_make() -> None:
    spec = spec_of(Syringe.model_validate({"size": volume("10 mL"), "bore": length("14.2 mm")}))
    assert (spec.make, spec.bore, spec.gas_tight) == ("", 14.2, None)
    assert spec.label == "10 mL syringe of bore 14.2 mm"


def test_resolve_syringe_of_a_device() -> None:
    port = Port(url="sim://a")
    assert resolve_syringe(Device(driver="x", port=port)) is None
    with_syringe = Device(
        driver="x", port=port, syringe=Syringe.model_validate({"make": "BD", "size": volume("10 mL")})
    )
    spec = resolve_syringe(with_syringe)
    assert spec is not None and spec.bore == 14.43
