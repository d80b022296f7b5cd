"""Stoichiometry, and what the solvent table says."""

import math

import pytest

from ruggli.chemistry.amounts import (
    amount_of_equivalents,
    amount_of_mass,
    concentration_of,
    mass_of_amount,
    rate_constant,
    volume_of_mass,
    volume_of_solution,
)
from ruggli.chemistry.solvents import SOLVENTS, solvent_named
from ruggli.quantities.base import (
    Grams,
    GramsPerMillilitre,
    GramsPerMole,
    Millilitres,
    Millimoles,
    Molar,
    Seconds,
)


@pytest.mark.parametrize(
    ("equivalents", "molar_mass", "grams"),
    [(1.0, 216.281, 2.163), (1.1, 60.052, 0.661), (1.5, 211.941, 3.179)],
)
def test_the_reductive_amination_of_the_data_is_reproduced(equivalents: float, molar_mass: float, grams: float) -> None:
    amount = amount_of_equivalents(equivalents, Millimoles(10.0))
    assert mass_of_amount(amount, GramsPerMole(molar_mass)) == pytest.approx(grams, abs=5e-4)


def test_acetic_acid_by_volume() -> None:
    mass = mass_of_amount(Millimoles(11.0), GramsPerMole(60.052))
    assert volume_of_mass(mass, GramsPerMillilitre(1.042)) == pytest.approx(0.634, abs=5e-4)


def test_purity_is_weighed_too_and_comes_back() -> None:
    mass = mass_of_amount(Millimoles(2.0), GramsPerMole(100.0), purity=0.5)
    assert mass == pytest.approx(0.4)
    assert amount_of_mass(mass, GramsPerMole(100.0), purity=0.5) == pytest.approx(2.0)


def test_solution_volumes_and_concentrations() -> None:
    assert concentration_of(Millimoles(1.0), Millilitres(200.0)) == pytest.approx(0.005)
    assert volume_of_solution(Millimoles(11.0), Molar(1.0)) == pytest.approx(11.0)
    assert amount_of_mass(Grams(0.4346), GramsPerMole(434.583)) == pytest.approx(1.0, abs=1e-4)


def test_half_life() -> None:
    assert rate_constant(Seconds(math.log(2))) == pytest.approx(1.0)


@pytest.mark.parametrize("name", ["DCM", "dichloromethane", "75-09-2", "methylene_chloride"])
def test_a_solvent_has_many_names(name: str) -> None:
    solvent = solvent_named(name)
    assert solvent is not None and solvent.boiling_point == 39.8


def test_an_unknown_solvent_is_not_guessed() -> None:
    assert solvent_named("unobtainium") is None


def test_no_name_means_two_solvents() -> None:
    names = [name.casefold() for solvent in SOLVENTS for name in (solvent.name, solvent.cas, *solvent.aliases)]
    assert len(names) == len(set(names))
