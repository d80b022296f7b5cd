"""Stoichiometry and the closed forms of a slow addition."""

import math

import pytest

from ruggli.chemistry.amounts import (
    amount_of_equivalents,
    amount_of_mass,
    concentration_of,
    dosed_peak,
    mass_of_amount,
    rate_constant,
    shortest_dose,
    volume_of_mass,
    volume_of_solution,
)
from ruggli.chemistry.solvents import SOLVENTS, solvent_named
from ruggli.quantities.base import (
    Grams,
    GramsPerMillilitre,
    GramsPerMole,
    Millilitres,
    MillilitresPerSecond,
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


def test_peak_of_a_slow_addition_with_volume_growth() -> None:
    """TC3 of the reference solutions: k 5e-4 1/s, 80 mL, 20 mL of 0.05 M in 28800 s: 7.96953e-4 M."""
    peak = dosed_peak(
        amount=Millimoles(1.0),
        into=Millilitres(80.0),
        flow=MillilitresPerSecond(20.0 / 28800),
        duration=Seconds(28800.0),
        constant=5e-4,
    )
    assert peak == pytest.approx(7.96953e-4, rel=1e-6)


def test_without_reaction_the_peak_is_the_end() -> None:
    flow = MillilitresPerSecond(20.0 / 3600)
    peak = dosed_peak(amount=Millimoles(1.0), into=Millilitres(80.0), flow=flow, duration=Seconds(3600.0))
    assert peak == pytest.approx(0.01)


def test_shortest_dose_is_where_the_bound_is_met() -> None:
    bound, constant = Molar(7.96953e-4), 5e-4
    shortest = shortest_dose(
        amount=Millimoles(1.0),
        into=Millilitres(80.0),
        volume=Millilitres(20.0),
        below=bound,
        constant=constant,
        longest=Seconds(1e6),
    )
    assert shortest == pytest.approx(28800.0, rel=1e-4)


def test_a_bound_that_no_time_meets() -> None:
    assert (
        shortest_dose(
            amount=Millimoles(1.0),
            into=Millilitres(80.0),
            volume=Millilitres(20.0),
            below=Molar(1e-6),
            constant=rate_constant(Seconds(3600.0)),
            longest=Seconds(86400.0),
        )
        is None
    )


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
