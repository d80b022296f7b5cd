"""The reaction of a simulated vessel against closed forms, reference solutions and its own books."""

import random
from collections.abc import Callable
from math import exp, fsum, log
from typing import Any

import pytest

from ruggli.errors import InputError
from ruggli.quantities.base import Celsius, Millilitres, Molar, Seconds
from ruggli_simulator.description import BenchDescription, ReactionDescription
from ruggli_simulator.liquid import Liquid
from ruggli_simulator.reaction import Reaction
from ruggli_simulator.thermal import Flask, Plate
from ruggli_simulator.vessel import Vessel

ADDITION = 28_800
END = 36_000
FEED = Liquid("feed", "toluene", {"m": Molar(0.05)})
CLOSE = 1e-5
"""Relative, where the reference is printed to six digits."""

RING = {"model": "macrocyclisation", "species": {"m": "M", "ru": "Ru"}}
GROWING = {**RING, "constants": {"k_prime": 1.0, "EM": 0.02}}
AMINATION: dict[str, Any] = {
    "model": "reductive-amination",
    "species": {"amine": "A", "acid": "AcOH", "hydride": "H", "bicarbonate": "HCO3"},
    "constants": {
        **{"k_f": 2e-3, "k_r": 4e-5, "k_red": 2e-2, "k_ald": 2e-4, "k_c": 1e-3, "k_c_rev": 1e-4},
        **{"k_red_J2": 2e-2, "k_o": 3e-3, "k_o_rev": 3e-4, "k_red_J3": 4e-2, "k_H2": 2e-5, "k_quench": 0.02},
    },
}


class Bottle:
    """A vessel that is stepped a second at a time."""

    def __init__(self, reaction: dict[str, Any], volume: float = 80.0, **put_in: float) -> None:
        self.vessel = Vessel("flask", Millilitres(1000.0))
        self.now = 0
        self.charge(volume, **put_in)
        self.vessel.react(ReactionDescription.from_dict(reaction), Seconds(0.0))

    def charge(self, volume: float = 0.0, **put_in: float) -> None:
        self.vessel.charge("charge", "toluene", Millilitres(volume), put_in, Seconds(self.now))  # type: ignore[arg-type]

    def wait(self, until: int, liquid: Liquid = FEED, rate: float = 0.0) -> dict[str, Any]:
        """Go on, with `rate` mL/s of a liquid; returns the truth of the reaction."""
        while self.now < until:
            self.now += 1
            if rate:
                self.vessel.receive(liquid, Millilitres(rate))
            self.vessel.step_reaction(50.0, Seconds(self.now))
        return self.truth()

    def truth(self) -> dict[str, Any]:
        told: dict[str, Any] = self.vessel.truth()["reaction"]
        return told


def concentrations(told: dict[str, Any], *names: str) -> list[float]:
    return [told["concentrations_mM"][name] / 1000 for name in names]


def test_batch_closed_form() -> None:
    reaction = {**RING, "variant": "dimer-terminal", "constants": {"k_intra": 1e-3, "EM": 0.01}}
    bottle = Bottle(reaction, 100.0, m=1.0)
    expected = {600: (2.88487e-3, 3.21552e-3, 1.94980e-3), 3600: (9.27689e-5, 5.40114e-3, 2.25304e-3)}
    for time, row in expected.items():
        assert concentrations(bottle.wait(time), "M", "C", "D") == pytest.approx(row, rel=CLOSE)
    end = bottle.wait(30_000)
    assert end["yields"]["C"] == pytest.approx(log(3) / 2, rel=1e-6)
    assert end["peak_concentrations_mM"]["M"] == pytest.approx(10.0)


def test_slow_addition_of_first_order() -> None:
    bottle = Bottle({**RING, "constants": {"k_intra": 5e-4}})
    told = bottle.wait(ADDITION, rate=20 / ADDITION)
    assert told["species_mmol"]["M"] == pytest.approx(6.94444e-2, rel=CLOSE)
    assert told["species_mmol"]["C"] == pytest.approx(9.30556e-1, rel=CLOSE)
    assert told["peak_concentrations_mM"]["M"] == pytest.approx(0.796953, rel=CLOSE)
    assert told["peak_concentration_times_s"]["M"] == pytest.approx(8277.97, abs=10.0)
    end = bottle.wait(END)
    assert end["species_mmol"]["M"] == pytest.approx(1.89748e-3, rel=CLOSE)
    assert end["yields"]["C"] == pytest.approx(0.998103, rel=CLOSE)


def test_slow_addition_with_growing_chains() -> None:
    bottle = Bottle(GROWING, ru=0.05)
    expected = {
        600: (2.15590e-4, 6.21762e-4, 3.17524e-7, 4.28405e-5),
        3600: (5.89500e-4, 6.06061e-4, 1.99775e-5, 8.83291e-4),
        14400: (6.37203e-4, 5.55556e-4, 1.08613e-4, 4.60833e-3),
        28800: (6.30676e-4, 5.00000e-4, 1.58981e-4, 8.71041e-3),
    }
    for time, row in expected.items():
        told = bottle.wait(time, rate=20 / ADDITION)
        assert concentrations(told, "M", "Ru", "D", "C") == pytest.approx(row, rel=2 * CLOSE), time
    end = bottle.wait(END)
    assert concentrations(end, "M", "Ru", "D", "C") == pytest.approx(
        (1.48293e-5, 5.0e-4, 1.45085e-4, 9.29270e-3), rel=CLOSE
    )
    assert end["yields"]["U"] == pytest.approx(4.02300e-2, rel=2 * CLOSE)
    assert end["species_mmol"]["N"] == pytest.approx(2.65670e-2, rel=CLOSE)
    assert end["species_mmol"]["E"] == pytest.approx(9.73433e-1, rel=CLOSE)
    assert end["gas_mL"]["E"] == pytest.approx(9.73433e-1 * 24.4654, rel=CLOSE)


@pytest.mark.parametrize(
    ("variant", "slowly", "ring"),
    [("step-growth", False, 0.645667), ("dimer-terminal", True, 0.941164), ("dimer-terminal", False, log(2))],
)
def test_the_comparators_of_slow_addition(variant: str, slowly: bool, ring: float) -> None:
    bottle = Bottle({**GROWING, "variant": variant}, 80.0 if slowly else 100.0, ru=0.05, m=0.0 if slowly else 1.0)
    if slowly:
        bottle.wait(ADDITION, rate=20 / ADDITION)
    assert bottle.wait(END if slowly else 300_000)["yields"]["C"] == pytest.approx(ring, rel=CLOSE)


def test_catalyst_that_comes_with_the_substrate_and_dies() -> None:
    k_d, rate = 2e-5, 0.05 / 10 * 10 / 3600
    constants = {"k_prime": 1.0, "EM": 0.5, "k_d": k_d, "phi": 0.3, "k_iso": 0.5}
    bottle = Bottle({**RING, "constants": constants})
    told = bottle.wait(3600, Liquid("both", "toluene", {"ru": Molar(0.005), "m": Molar(0.1)}), 10 / 3600)
    assert told["species_mmol"]["Ru"] == pytest.approx(rate / k_d * (1 - exp(-k_d * 3600)), rel=1e-7)
    dead = 0.05 - told["species_mmol"]["Ru"]
    assert told["species_mmol"]["H"] == pytest.approx(0.3 * dead, rel=1e-7)
    assert told["species_mmol"]["I"] > 0


def test_the_flask_s_temperature_sets_the_rates() -> None:
    described = {
        **RING,
        "constants": {"k_intra": 1e-4},
        "activation_kJ_mol": {"k_intra": 80.0},
        "reference_degC": {"k_intra": 40.0},
    }
    for temperature, factor in ((40.0, 1.0), (25.0, exp(-80e3 / 8.314462618 * (1 / 298.15 - 1 / 313.15)))):
        bottle = Bottle(described, m=1.0)
        bottle.vessel.temperature = temperature
        left = bottle.wait(3600)["species_mmol"]["M"]
        assert left == pytest.approx(exp(-1e-4 * factor * 3600), rel=1e-9)


def test_an_inhibitor_suppresses_its_part_of_the_isomerisation() -> None:
    constants = {"k_prime": 1e-6, "k_iso": 0.5, "k_d": 1e-3, "phi": 0.3}
    left = [
        Bottle({**RING, "constants": {**constants, "q": q}}, m=1.0, ru=0.05).wait(7200)["yields"]["M"]
        for q in (0.0, 0.95)
    ]
    assert log(left[1]) == pytest.approx(0.05 * log(left[0]), rel=1e-3)


def test_hands_put_something_in_at_once() -> None:
    """What is charged reacts from that moment on, however long the step of the reaction is."""
    bottle = Bottle({**RING, "constants": {"k_intra": 1e-3}})
    bottle.wait(1005)
    bottle.charge(m=1.0)
    assert bottle.wait(1006)["peak_concentrations_mM"]["M"] == pytest.approx(1000 / 80)
    assert bottle.wait(2005)["species_mmol"]["M"] == pytest.approx(exp(-1.0), rel=6e-3)


@pytest.mark.parametrize("on_plate", [True, False])
def test_a_flask_at_room_temperature_is_warmed_by_what_reacts(on_plate: bool) -> None:
    vessel = Vessel("flask", Millilitres(250.0), temperature=Celsius(20.0))
    vessel.charge("dce", "1,2-dichloroethane", Millilitres(100.0), {"imine": 10.0, "h": 10.0}, Seconds(0))  # type: ignore[dict-item]
    described = {
        "model": "reductive-amination",
        "species": {"imine": "I", "h": "H"},
        "constants": {"k_red": 0.05},
        "heats_kJ_mol": {"k_red": -150.0},
    }
    vessel.react(ReactionDescription.from_dict(described), Seconds(0))
    flask, plate = Flask(vessel), Plate(Celsius(20.0))
    plate.flask = flask
    for second in range(1, 300):
        flask.react(Seconds(second))
        if on_plate:
            plate.step(0.0, stirred=True)
        else:
            flask.cool(20.0)
    assert 21.0 < vessel.hottest < 27.0


AMINATION_UNITS = {"A": 1, "I": 1, "P": 1, "AL": 1, "J2": 2, "DM": 2, "J3": 2, "OA": 2}
RING_UNITS = {"M": 1, "C": 1, "I": 1, "D": 2, "CD": 2, "U": 1}


def held_units(told: dict[str, Any]) -> float:
    units = AMINATION_UNITS if told["model"] == "reductive-amination" else RING_UNITS
    return fsum(number * told["species_mmol"][name] for name, number in units.items())


def check_books(bottle: Bottle) -> None:
    """Nothing is lost or made beside the reactions, whatever was put in, taken out, spilt or boiled off."""
    told, held = bottle.truth(), bottle.vessel.truth()["amounts_mmol"]
    species = told["species_mmol"]
    near = pytest.approx
    assert min(species.values()) >= 0.0
    assert held_units(told) == near(told["units_put_in_mmol"], rel=1e-9, abs=1e-12)
    assert sum(told["yields"].values()) == near(1.0 if told["units_put_in_mmol"] else 0.0, abs=1e-9)
    if told["model"] == "macrocyclisation":
        fed = held.get("m", 0.0)
        assert species["E"] == near(fed - species["N"] - species["I"], rel=1e-9, abs=1e-12)
        assert species["H"] == near(0.3 * (held.get("ru", 0.0) - species["Ru"]), rel=1e-9, abs=1e-12)
        return
    used = species["P"] + species["AL"] + species["DM"] + species["J3"] + 2 * species["OA"]
    assert species["H"] + used + species["H2"] == near(held.get("hydride", 0.0), rel=1e-9, abs=1e-12)
    carbon = species["HCO3"] + species["CO2"]
    assert carbon == near(held.get("bicarbonate", 0.0), rel=1e-9, abs=1e-12)
    acid = held.get("acid", 0.0) + 2 * (held.get("hydride", 0.0) - species["H"])
    assert species["AcOH"] + species["BA"] + species["CO2"] == near(acid, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("speed", [1.0, 1e3, 1e9])
@pytest.mark.parametrize("model", ["ring", "amination"])
@pytest.mark.parametrize("seed", range(4))
def test_the_books_are_right_whatever_hands_do(model: str, speed: float, seed: int) -> None:
    chance = random.Random(seed)
    ring: dict[str, Any] = {
        **RING,
        "constants": {"k_prime": 1.0, "EM": 0.02, "k_d": 2e-5, "phi": 0.3, "k_iso": 0.5, "k_cd": 0.1},
    }
    described = ring if model == "ring" else AMINATION
    fast = {n: k if n in ("EM", "phi") else k * speed for n, k in described["constants"].items()}
    bottle = Bottle({**described, "constants": fast}, 50.0)
    names = ("m", "ru") if model == "ring" else ("amine", "acid", "hydride", "bicarbonate")
    bottle.vessel.capacity = Millilitres(200.0)
    liquids = [Liquid(name, "toluene", {name: Molar(0.2)}) for name in names]
    for _ in range(60):
        match chance.randrange(7):
            case 0 | 1 | 2:
                bottle.wait(bottle.now + chance.randrange(1, 60), chance.choice(liquids), chance.choice((0.001, 0.3)))
            case 3:
                bottle.charge(chance.choice((0.0, 20.0)), **{chance.choice(names): chance.random()})
            case 4:
                bottle.vessel.remove(Millilitres(chance.uniform(0, 30)))
            case 5:
                bottle.vessel.settle(Seconds(bottle.now))
                bottle.vessel.boil_off(chance.uniform(0, 2000))
            case _:
                if chance.random() < 0.2:
                    bottle.vessel.empty()
        check_books(bottle)


def test_what_is_taken_out_takes_its_share_of_every_species() -> None:
    bottle = Bottle(GROWING, 100.0, m=1.0, ru=0.05)
    before = bottle.wait(600)["species_mmol"]
    bottle.vessel.remove(Millilitres(25.0))
    assert bottle.truth()["species_mmol"] == pytest.approx({name: 0.75 * n for name, n in before.items()})
    bottle.vessel.empty()
    assert not any(bottle.truth()["species_mmol"].values())
    assert bottle.truth()["yields"] == {}


def test_looking_changes_nothing() -> None:
    calm, watched = Bottle(AMINATION, amine=5.0, acid=6.0, hydride=8.0), None
    for _ in range(2):
        bottle = Bottle(AMINATION, amine=5.0, acid=6.0, hydride=8.0)
        for time in range(1, 500):
            bottle.wait(time)
            if watched is None:
                bottle.truth()
        watched = bottle
    assert watched is not None
    assert watched.wait(3000) == calm.wait(3000)


def test_a_quench_gives_the_gas_of_all_acid_and_all_hydride() -> None:
    """10 mmol, 1.1 eq acetic acid, 1.5 eq triacetoxyborohydride: 41.0 mmol of acid, 1.00308 L of CO2."""
    bottle = Bottle(AMINATION, 100.0, amine=10.0, acid=11.0, hydride=15.0)
    bottle.wait(7200)
    told = bottle.wait(7200 + 3300, Liquid("bicarbonate", "water", {"bicarbonate": Molar(1.1)}), 1 / 60)
    told = bottle.wait(20_000)
    assert told["gas_mL"]["CO2"] == pytest.approx(1003.08, abs=0.05)
    assert told["fastest_gas_mL_min"]["CO2"] == pytest.approx(1.1 * 24.4654, rel=2e-3)
    used = sum(told["species_mmol"][name] for name in ("P", "AL", "DM", "J3")) + 2 * told["species_mmol"]["OA"]
    assert told["gas_mL"]["H2"] == pytest.approx(24.4654 * (15.0 - used), rel=1e-5)


def test_heat_goes_into_the_contents() -> None:
    """Hydride on a ready imine in a flask that loses nothing: 9.3 K by 150 kJ/mol at 0.1 M in dichloroethane."""
    vessel = Vessel("flask", Millilitres(250.0), temperature=Celsius(20.0))
    vessel.charge("dce", "1,2-dichloroethane", Millilitres(100.0), {"imine": 10.0, "h": 10.0}, Seconds(0))  # type: ignore[dict-item]
    described = {
        "model": "reductive-amination",
        "species": {"imine": "I", "h": "H"},
        "constants": {"k_red": 0.5},
        "heats_kJ_mol": {"k_red": -150.0},
    }
    flask = Flask(vessel)
    flask.loss = flask.glass = 0.0
    vessel.react(ReactionDescription.from_dict(described), Seconds(0))
    for second in range(1, 3600):
        flask.react(Seconds(second))
        flask.cool(20.0)
    told = vessel.truth()["reaction"]
    assert told["heat_J"] == pytest.approx(150.0 * told["species_mmol"]["P"], rel=1e-9)
    assert vessel.temperature - 20.0 == pytest.approx(told["heat_J"] / vessel.heat_capacity, rel=1e-3)
    assert vessel.temperature - 20.0 == pytest.approx(9.3, abs=0.15)


def test_a_boiling_flask_turns_heat_into_vapour() -> None:
    vessel = Vessel("flask", Millilitres(250.0), temperature=Celsius(39.0))
    vessel.charge("dcm", "dichloromethane", Millilitres(50.0), {"imine": 30.0, "h": 30.0}, Seconds(0))  # type: ignore[dict-item]
    described = {
        "model": "reductive-amination",
        "species": {"imine": "I", "h": "H"},
        "constants": {"k_red": 0.5},
        "heats_kJ_mol": {"k_red": -150.0},
    }
    vessel.react(ReactionDescription.from_dict(described), Seconds(0))
    plate = Plate(Celsius(20.0))
    plate.flask = flask = Flask(vessel)
    for second in range(1, 300):
        flask.react(Seconds(second))
        plate.step(0.0, stirred=True)
        vessel.settle(Seconds(second))
    assert vessel.hottest == pytest.approx(39.8, abs=0.2)
    assert vessel.boiled_off > 1.0


def counted(method: Callable[..., Any], calls: list[str]) -> Callable[..., Any]:
    def count(*args: Any) -> Any:
        calls.append(method.__name__)
        return method(*args)

    return count


def test_a_stiff_reaction_costs_little_and_leaves_the_slow_ones_right(monkeypatch: pytest.MonkeyPatch) -> None:
    """A linear dimer that closes in milliseconds, beside a ring closure of hours."""
    steps: list[str] = []
    for name in ("_runge_kutta", "_bounded"):
        monkeypatch.setattr(Reaction, name, counted(getattr(Reaction, name), steps))
    slow = Bottle({**GROWING, "constants": {"k_prime": 1.0, "EM": 0.02, "k_cd": 10.0}}, ru=0.05)
    expected = slow.wait(7200, rate=20 / ADDITION)["yields"]
    steps.clear()
    told = Bottle({**GROWING, "constants": {"k_prime": 1.0, "EM": 0.02, "k_cd": 1e6}}, ru=0.05).wait(
        7200, rate=20 / ADDITION
    )["yields"]
    assert len(steps) <= 8 * 7200
    assert told["C"] == pytest.approx(expected["C"], rel=2e-3)
    assert told["CD"] + told["D"] == pytest.approx(expected["CD"] + expected["D"], rel=0.02)


def test_nothing_is_done_while_nothing_can_react() -> None:
    bottle = Bottle(GROWING, m=1.0)
    reaction = bottle.vessel.reaction
    assert reaction is not None
    stepped = []
    react = reaction._react
    reaction._react = lambda *args: stepped.append(bottle.now) or react(*args)  # type: ignore[func-returns-value,method-assign]
    bottle.wait(1000)
    assert len(stepped) <= 101
    assert bottle.truth()["species_mmol"]["M"] == 1.0
    assert reaction.power_w == 0.0


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"model": "wittig"}, "macrocyclisation, reductive-amination"),
        ({"species": {"m": "Mm"}}, "did you mean 'M'"),
        ({"species": {"m": "E"}}, "unknown name 'E'"),
        ({"constants": {"k_prim": 1.0}}, "did you mean 'k_prime'"),
        ({"constants": {"k_prime": 1.0, "k_intra": 1.0}}, "either"),
        ({"constants": {}}, "either"),
        ({"constants": {"k_prime": -1.0}}, "numbers from 0"),
        ({"constants": {"k_prime": 1.0, "EM": 0.0}}, "nothing couples"),
        ({"heats_kJ_mol": {"k": 1.0}}, "heats_kJ_mol: unknown name 'k'"),
        ({"activation_kJ_mol": {"k_prime": "80"}}, "a number"),
        ({"reference_degC": {"k_prime": -300.0}}, "absolute zero"),
        ({"rate": 1}, "unknown key 'rate'"),
    ],
)
def test_a_wrong_description_is_refused(change: dict[str, Any], told: str) -> None:
    with pytest.raises(InputError, match=told):
        ReactionDescription.from_dict({**GROWING, **change})
    vessel = {"name": "flask", "capacity_mL": 250, "reaction": {**GROWING, **change}}
    with pytest.raises(InputError, match=told):
        BenchDescription.from_dict({"vessels": [vessel]})


def test_a_description_is_read_back_as_it_was() -> None:
    bench = BenchDescription.from_dict({"vessels": [{"name": "f", "capacity_mL": 250, "reaction": AMINATION}]})
    assert BenchDescription.from_dict(bench.as_dict()) == bench
