"""Kinetic models against closed forms, reference figures of chemistry.md and conservation."""

import math
from typing import Any

import pytest
from scipy.integrate import solve_ivp
from scipy.special import dawsn, lambertw

from ruggli.chemistry.kinetics.macrocyclisation import Constants, Macrocyclisation, Variant
from ruggli.chemistry.kinetics.reductive_amination import Constants as AminationConstants
from ruggli.chemistry.kinetics.reductive_amination import ReductiveAmination
from ruggli.chemistry.kinetics.schedule import Feed, Portion, Schedule
from ruggli.chemistry.kinetics.solve import Solution, solve
from ruggli.errors import KineticsError
from ruggli.quantities.base import Millilitres, Millimoles, Molar, Seconds

SIX_DIGITS = 1e-6
HOUR = 3600.0


def amounts(**found: float) -> dict[str, Millimoles]:
    return {species: Millimoles(amount) for species, amount in found.items()}


def flask(volume: float, end: float, *feeds: Feed, portions: tuple[Portion, ...] = (), **found: float) -> Schedule:
    return Schedule(Millilitres(volume), amounts(**found), feeds, portions, Seconds(end))


def feed(volume: float, duration: float, start: float = 0.0, **found: float) -> Feed:
    return Feed(Millilitres(volume), amounts(**found), Seconds(start), Seconds(duration))


def run(model: Any, schedule: Schedule, *times: float) -> Solution:
    return solve(model, schedule, [Seconds(time) for time in times])


def scheme(k: float, molarity: float | None, variant: Variant = Variant.STEP_GROWTH, **more: Any) -> Macrocyclisation:
    known = None if molarity is None else Molar(molarity)
    return Macrocyclisation(Constants(k, effective_molarity=known, **more), variant)


SLOW = feed(20.0, 8 * HOUR, M=1.0)
"""20 mL of 0.05 M over 8 h: TC3 and TC5."""


def test_tc1_batch_of_chains_that_couple_once() -> None:
    found = run(
        scheme(1e-3, 0.01, Variant.DIMER_TERMINAL, catalysed=False), flask(1000.0, 1e6, M=10.0), 600.0, 3600.0, 1e6
    )
    wanted = [(2.88487e-3, 3.21552e-3, 1.94980e-3), (9.27689e-5, 5.40114e-3, 2.25304e-3), (0.0, 5.49306e-3, 2.25347e-3)]
    for moment, figures in zip(found.moments, wanted, strict=True):
        told = [moment.concentrations[name] for name in ("M", "C", "D")]
        assert told == pytest.approx(figures, rel=2e-6, abs=1e-15)
    assert found.yields["C"] == pytest.approx(math.log(3) / 2, rel=SIX_DIGITS)
    assert (found.peak.concentration, found.peak.time) == (0.01, 0.0)


def test_tc3_slow_addition_without_coupling() -> None:
    found = run(scheme(5e-4, None, catalysed=False), flask(80.0, 10 * HOUR, SLOW), 28800.0, 36000.0)
    assert [m.amounts["M"] for m in found.moments] == pytest.approx([6.94444e-2, 1.89748e-3], rel=2e-6)
    assert found.moments[0].amounts["C"] == pytest.approx(9.30556e-1, rel=SIX_DIGITS)
    assert found.yields["C"] == pytest.approx(0.998103, rel=SIX_DIGITS)
    assert found.peak.concentration == pytest.approx(7.96953e-4, rel=SIX_DIGITS)
    top = -(1 + 57.6) - lambertw(-math.exp(-(1 + 57.6)), -1).real
    assert found.peak.time == pytest.approx(top / 5e-4, rel=SIX_DIGITS)
    assert found.peak.time == pytest.approx(8277.97, abs=0.005)


def test_tc5_slow_addition_with_chains_that_grow() -> None:
    times = (600.0, 3600.0, 14400.0, 28800.0, 36000.0)
    found = run(scheme(1.0, 0.02), flask(80.0, 10 * HOUR, SLOW, Ru=0.05), *times)
    wanted = [
        (80.4167, 2.15590e-4, 6.21762e-4, 3.17524e-7, 4.28405e-5),
        (82.5, 5.89500e-4, 6.06061e-4, 1.99775e-5, 8.83291e-4),
        (90.0, 6.37203e-4, 5.55556e-4, 1.08613e-4, 4.60833e-3),
        (100.0, 6.30676e-4, 5.00000e-4, 1.58981e-4, 8.71041e-3),
        (100.0, 1.48293e-5, 5.00000e-4, 1.45085e-4, 9.29270e-3),
    ]
    for moment, figures in zip(found.moments, wanted, strict=True):
        told = [moment.volume, *(moment.concentrations[name] for name in ("M", "Ru", "D", "C"))]
        assert told == pytest.approx(figures, rel=5e-6)
    assert found.peak.concentration == pytest.approx(6.39108e-4, rel=SIX_DIGITS)
    assert found.peak.time == pytest.approx(9613.76, abs=0.005)
    assert [found.yields[name] for name in ("C", "D", "U", "M")] == pytest.approx(
        (0.929270, 0.0290170, 0.0402300, 0.00148293), rel=2e-6
    )
    last = found.moments[-1].amounts
    assert (last["N"], last["E"]) == pytest.approx((2.65670e-2, 9.73433e-1), rel=2e-6)


def test_tc5_comparators() -> None:
    batch = run(scheme(1.0, 0.02), flask(100.0, 1e7, Ru=0.05, M=1.0), 1e7)
    assert batch.yields["C"] == pytest.approx(0.645667, rel=SIX_DIGITS)
    fraction = run(scheme(1.0, 0.02), flask(100.0, 10 * HOUR, Ru=0.05, M=1.0), 10 * HOUR)
    assert [fraction.yields[name] for name in ("D", "U")] == pytest.approx((0.0368780, 0.317455), rel=3e-6)
    slow = run(scheme(1.0, 0.02, Variant.DIMER_TERMINAL), flask(80.0, 10 * HOUR, SLOW, Ru=0.05), 10 * HOUR)
    assert slow.yields["C"] == pytest.approx(0.941164, rel=SIX_DIGITS)
    assert (slow.peak.concentration, slow.peak.time) == pytest.approx((6.44023e-4, 28800.0), rel=SIX_DIGITS)
    once = run(scheme(1.0, 0.02, Variant.DIMER_TERMINAL), flask(100.0, 1e7, Ru=0.05, M=1.0), 1e7)
    assert once.yields["C"] == pytest.approx(math.log(2), rel=SIX_DIGITS)


@pytest.mark.parametrize(
    ("x", "once", "grown"),
    [
        (0.01, 0.990131, 0.990067),
        (0.1, 0.911608, 0.906616),
        (0.5, 0.693147, 0.645667),
        (2.0, 0.402359, 0.306533),
        (10.0, 0.152226, 0.084290),
        (100.0, 0.026517, 0.009673),
    ],
)
def test_batch_yields_by_concentration_over_effective_molarity(x: float, once: float, grown: float) -> None:
    for variant, wanted in ((Variant.DIMER_TERMINAL, once), (Variant.STEP_GROWTH, grown)):
        model = scheme(1.0, 1.0 / x, variant, catalysed=False)
        found = run(model, flask(1.0, 1e4, M=1.0), 1e4)
        assert found.yields["C"] == pytest.approx(wanted, abs=6e-7)
        if variant is Variant.DIMER_TERMINAL:
            assert found.yields["C"] == pytest.approx(math.log(1 + 2 * x) / (2 * x), rel=1e-9)


def slow_yield(alpha: float, x: float) -> float:
    """Y(alpha, x) of B.4: constant volume, even feed, then time without end."""
    delta = math.sqrt(alpha * alpha + 8 * alpha * x)
    top = math.tanh(delta / 2)
    left = 2 * x * top / (delta + alpha * top)
    log_cosh = delta / 2 + math.log((1 + math.exp(-delta)) / 2 + alpha / delta * (1 - math.exp(-delta)) / 2)
    return (-alpha / 2 + log_cosh + math.log(1 + 2 * left)) / (2 * x)


@pytest.mark.parametrize("alpha", [0.5, 2.0, 10.0, 100.0])
@pytest.mark.parametrize("x", [0.02, 0.5, 5.0])
def test_slow_addition_at_constant_volume(alpha: float, x: float) -> None:
    model = scheme(alpha, 1.0 / x, Variant.DIMER_TERMINAL, catalysed=False)
    found = run(model, flask(1.0, 1e4, feed(0.0, 1.0, M=1.0)), 1e4)
    assert found.yields["C"] == pytest.approx(slow_yield(alpha, x), rel=1e-8)


def test_the_closed_form_is_the_table_of_the_reference() -> None:
    assert slow_yield(10.0, 0.5) == pytest.approx(0.923147, abs=6e-7)
    assert slow_yield(0.5, 5.0) == pytest.approx(0.301452, abs=6e-7)
    assert slow_yield(100.0, 0.02) == pytest.approx(0.999604, abs=6e-7)


def test_catalyst_that_is_dosed_too_and_decays() -> None:
    """Ru of the flask is (rate / k_d)(1 - exp(-k_d t)) during its feed, then falls; its dead part isomerises."""
    k_d, hours = 2e-5, 8 * HOUR
    model = scheme(0.0, None, k_d=k_d, phi=0.3)
    found = run(model, flask(50.0, 2 * hours, feed(5.0, hours, Ru=0.05)), hours / 2, hours, 2 * hours)
    rate = 0.05 / hours
    at_end = rate / k_d * (1 - math.exp(-k_d * hours))
    wanted = [rate / k_d * (1 - math.exp(-k_d * hours / 2)), at_end, at_end * math.exp(-k_d * hours)]
    assert [moment.amounts["Ru"] for moment in found.moments] == pytest.approx(wanted, rel=1e-9)
    assert found.moments[-1].amounts["H"] == pytest.approx(0.3 * (0.05 - wanted[-1]), rel=1e-9)


def test_catalyst_dosed_at_constant_volume_is_dawsons_integral() -> None:
    """M(t) = r sqrt(2/a) Daw(t sqrt(a/2)) where Ru = rho t, a = k' rho."""
    model = scheme(2.0, None)
    both = feed(0.0, 1000.0, M=5.0, Ru=1.0)
    found = run(model, flask(10.0, 1000.0, both), 100.0, 700.0, 1000.0)
    rate, a = 5.0 / 10.0 / 1000.0, 2.0 * 1.0 / 10.0 / 1000.0
    for moment in found.moments:
        wanted = rate * math.sqrt(2 / a) * dawsn(moment.time * math.sqrt(a / 2))
        assert moment.concentrations["M"] == pytest.approx(wanted, rel=1e-8)


def test_conversion_has_a_ceiling_where_the_catalyst_dies() -> None:
    found = run(scheme(1.0, None, k_d=1e-3), flask(100.0, 1e6, M=1.0, Ru=0.05), 1e6)
    assert found.yields["C"] == pytest.approx(1 - math.exp(-5e-4 / 1e-3), rel=1e-8)


def test_everything_at_once_keeps_matter() -> None:
    model = scheme(1.0, 0.02, k_d=2e-5, phi=0.3, k_iso=0.5, q=0.5, k_cd=0.05)
    found = run(model, flask(60.0, 8 * HOUR, feed(30.0, 6 * HOUR, M=1.0), feed(10.0, 6 * HOUR, Ru=0.05)), 8 * HOUR)
    assert sum(found.yields.values()) == pytest.approx(1.0, rel=1e-12)
    assert all(part > 0 for part in found.yields.values())
    last = found.moments[-1].amounts
    assert last["E"] == pytest.approx(1.0 - last["N"] - last["I"], rel=1e-9)


def test_an_inhibitor_takes_its_part_of_the_isomerisation() -> None:
    isomers = []
    for q in (0.0, 0.95):
        model = scheme(1.0, None, k_d=1e-4, phi=0.3, k_iso=0.5, q=q)
        isomers.append(run(model, flask(100.0, 8 * HOUR, M=0.1, Ru=0.01), 8 * HOUR).yields["I"])
    assert isomers[1] < 0.1 * isomers[0]


def test_linear_dimer_closes_without_catalyst_too() -> None:
    model = scheme(0.0, None, catalysed=False, k_cd=1e-3)
    found = run(model, flask(1.0, 1000.0, D=1.0), 1000.0)
    assert found.yields["CD"] == pytest.approx(1 - math.exp(-1), rel=1e-9)


def test_portions_are_in_at_their_very_moment() -> None:
    portions = tuple(Portion(Seconds(900.0 * number), amounts(M=0.5)) for number in range(3))
    found = run(scheme(0.0, None), flask(10.0, 2000.0, portions=portions), 0.0, 899.0, 900.0, 1800.0)
    assert [moment.amounts["M"] for moment in found.moments] == pytest.approx([0.5, 0.5, 1.0, 1.5])


def test_a_feed_beyond_the_end_gives_its_part() -> None:
    found = run(scheme(0.0, None), flask(10.0, 500.0, feed(10.0, 1000.0, 250.0, M=1.0)), 100.0, 500.0)
    assert [(m.volume, m.amounts["M"]) for m in found.moments] == [(10.0, 0.0), (12.5, pytest.approx(0.25))]


def test_times_come_back_in_their_order() -> None:
    found = run(scheme(1e-3, None, catalysed=False), flask(1.0, 100.0, M=1.0), 100.0, 0.0, 50.0, 100.0)
    assert [moment.time for moment in found.moments] == [100.0, 0.0, 50.0, 100.0]


def test_reductive_amination_keeps_units_hydride_and_acid() -> None:
    k = AminationConstants(2e-3, 4e-5, 2e-2, 2e-4, 1e-3, 1e-4, 2e-2, 3e-3, 3e-4, 4e-2, 2e-5)
    portions = tuple(Portion(Seconds(900.0 * number), amounts(H=3.75)) for number in range(4))
    found = run(ReductiveAmination(k), flask(100.0, 24 * HOUR, portions=portions, A=10.0, AcOH=11.0), 24 * HOUR)
    last = found.moments[0].amounts
    assert sum(found.yields.values()) == pytest.approx(1.0, rel=1e-9)
    used = last["P"] + last["AL"] + last["DM"] + 2 * last["OA"] + last["J3"] + last["H2"]
    assert last["H"] + used == pytest.approx(15.0, rel=1e-9)
    assert last["AcOH"] + last["H2"] == pytest.approx(11.0, rel=1e-9)
    assert found.yields["P"] > 0.9


def test_reductive_amination_by_hand() -> None:
    """Each reaction alone, where its closed form is known."""
    equilibrium = run(ReductiveAmination(AminationConstants(k_f=2e-3, k_r=4e-5)), flask(1.0, 1e6, A=1.0), 1e6)
    assert equilibrium.yields["I"] == pytest.approx(50 / 51, rel=1e-9)
    pair = run(ReductiveAmination(AminationConstants(k_c=1e-3)), flask(1.0, 500.0, A=1.0), 500.0)
    assert pair.yields["A"] == pytest.approx(1 / (1 + 2 * 1e-3 * 500), rel=1e-9)
    reduced = run(ReductiveAmination(AminationConstants(k_red=1e-3)), flask(1.0, 1000.0, I=1.0, H=1.0), 1000.0)
    assert reduced.yields["P"] == pytest.approx(1 - 1 / (1 + 1e-3 * 1000), rel=1e-9)
    over = run(ReductiveAmination(AminationConstants(k_o=1e-3)), flask(1.0, 1000.0, A=1.0, P=1.0), 1000.0)
    assert over.moments[0].amounts["J3"] == pytest.approx(0.5, rel=1e-9)
    lost = run(ReductiveAmination(AminationConstants(k_h2=1e-3)), flask(1.0, 1000.0, H=1.0, AcOH=1.0), 1000.0)
    assert (lost.moments[0].amounts["H2"], lost.moments[0].amounts["AcOH"]) == pytest.approx((0.5, 0.5), rel=1e-9)


@pytest.mark.parametrize("fast", [1e3, 1e6])
def test_a_stiff_case_is_solved(fast: float) -> None:
    model = scheme(fast, 0.02)
    found = run(model, flask(80.0, 10 * HOUR, SLOW, Ru=0.05), 8 * HOUR)
    assert found.yields["C"] == pytest.approx(1.0, rel=1e-2)
    assert found.peak.concentration == pytest.approx(1e-3 / 28.8 / fast / 0.05, rel=0.05)


def test_what_makes_matter_is_refused() -> None:
    class Wrong(Macrocyclisation):
        def rates(self, amounts: Any, volume: Millilitres) -> list[float]:
            return [
                2.0 * rate if state == "C" else rate
                for state, rate in zip(self.states, super().rates(amounts, volume), strict=True)
            ]

    with pytest.raises(KineticsError, match="units of M"):
        run(Wrong(Constants(1e-3, catalysed=False)), flask(1.0, 1000.0, M=1.0), 1000.0)


def slowly(k: dict[str, float], grows: bool, end: float) -> list[float]:
    """B.2 and the options of B.6 written once more, solved by another method: the amounts at the end."""
    f_a, c_a, f_b, c_b = 30e-3 / end, 0.04, 8e-3 / end, 0.006

    def right_side(t: float, n: list[float]) -> list[float]:
        volume = 0.06 + (f_a + f_b) * t
        m, ru, h, chains, d = (amount / volume for amount in n[:5])
        kx = k["k_prime"] / k["EM"]
        other = chains if grows else m
        base, dormant = n[9] / volume, n[10]
        active = ru / (1 + k["k_bind"] * base)
        pairs, iso, cd = kx * active * other * other, k["k_iso"] * h * m, k["k_cd"] * active * d
        ring = k["k_prime"] * active * m
        died = (k["k_d"] + k["k_b"] * base) * n[1] + k["k_d2"] * n[1] ** 2 / volume
        return [
            f_a * c_a - volume * (ring + 2 * kx * active * m * other + iso),
            f_b * c_b + k["k_init"] * dormant - died,
            k["phi"] * died,
            f_a * c_a - volume * (ring + pairs + iso + cd),
            volume * (kx * active * m * m - (2 * kx * active * d * chains if grows else 0.0) - cd),
            volume * ring,
            volume * cd,
            volume * iso,
            volume * (ring + pairs + cd),
            f_a * k["c_b"],
            -k["k_init"] * dormant,
        ]

    found = solve_ivp(right_side, (0.0, end), [0.0] * 10 + [k["ru0"]], method="DOP853", rtol=1e-11, atol=1e-16)
    assert found.success
    return [float(amount) for amount in found.y[:, -1]]


OPTIONS = ("k_d", "k_iso", "k_cd", "phi", "k_d2", "k_bind", "k_b", "k_init")


@pytest.mark.parametrize("number", range(8))
def test_any_constants_against_another_solver(number: int) -> None:
    part = [(number * step + 0.5) % 1.0 for step in (0.41421, 0.73205, 0.23607, 0.64575, 0.31662)]
    k = {
        "k_prime": 10 ** (2 * part[0] - 1),
        "EM": 10 ** (2 * part[1] - 2.5),
        "k_d": 10 ** (2 * part[2] - 6),
        "k_iso": part[3],
        "k_cd": part[4],
        "phi": 0.3,
        "k_d2": (0.0, 0.4 * part[0])[number // 2 % 2],
        "k_bind": (0.0, 1e3 * part[1])[number // 4],
        "k_b": (0.0, 1e-1 * part[2])[number // 4],
        "k_init": (1e-4 * part[3], 0.0)[number // 2 % 2],
        "c_b": 1e-3,
        "ru0": 2e-5,
    }
    variant, end = list(Variant)[number % 2], (4 + number) * HOUR
    more: dict[str, Any] = {name: k[name] for name in OPTIONS}
    model = scheme(k["k_prime"], k["EM"], variant, **more)
    found = run(model, flask(60.0, end, feed(30.0, end, M=1.2, B=0.03), feed(8.0, end, Ru=0.048), Ru0=0.02), end)
    told = [1e-3 * found.moments[0].amounts[name] for name in model.states]
    assert told == pytest.approx(slowly(k, variant is Variant.STEP_GROWTH, end), rel=1e-7)


@pytest.mark.parametrize(("k_d", "volume"), [(0.0, 50.0), (0.0, 100.0), (2e-5, 50.0), (2e-5, 100.0)])
def test_decay_of_second_order_has_its_closed_form(k_d: float, volume: float) -> None:
    """[Ru] = k_d c e / (k_d + k_d2 c (1 - e)), e = exp(-k_d t); M goes by the integral of [Ru], ln(...)/k_d2."""
    c, k_d2, end = 0.05 / volume, 0.5, 6 * HOUR
    found = run(scheme(1.0, None, k_d=k_d, k_d2=k_d2), flask(volume, end, M=1.0, Ru=0.05), end)
    e = math.exp(-k_d * end)
    fresh = (1 - e) / k_d if k_d else end
    assert found.moments[0].concentrations["Ru"] == pytest.approx(c * e / (1 + k_d2 * c * fresh), rel=1e-9)
    theta = math.log(1 + k_d2 * c * fresh) / k_d2
    assert found.yields["M"] == pytest.approx(math.exp(-theta), rel=1e-9)


def test_dilution_protects_a_catalyst_that_dies_in_pairs() -> None:
    def alive(volume: float, **decay: Any) -> float:
        found = run(scheme(1.0, None, **decay), flask(volume, 8 * HOUR, Ru=0.05), 8 * HOUR)
        return found.kept["Ru"]

    assert alive(100.0, k_d2=0.2) > 1.3 * alive(20.0, k_d2=0.2)
    assert alive(100.0, k_d=2e-5) == pytest.approx(alive(20.0, k_d=2e-5))


def test_an_amine_takes_part_of_the_catalyst_and_kills_it() -> None:
    """1 mM of amine and 1000 L/mol: half is active. What decays is all of it, at k_d + k_b [B]."""
    volume, end = 100.0, 5 * HOUR
    made = run(scheme(1.0, 0.02, k_d=1e-5, k_bind=1e3, k_b=1e-2), flask(volume, end, M=1.0, Ru=0.05, B=0.1), HOUR, end)
    same = run(scheme(0.5, 0.02, k_d=2e-5), flask(volume, end, M=1.0, Ru=0.05), HOUR, end)
    for here, there in zip(made.moments, same.moments, strict=True):
        for name in ("M", "C", "D", "U", "Ru"):
            assert here.amounts[name] == pytest.approx(there.amounts[name], rel=1e-8)
    assert made.moments[-1].amounts["B"] == 0.1 and "B" not in made.yields


def test_a_catalyst_that_starts_slowly_has_its_closed_form() -> None:
    """Grubbs II at 25 degC, 7.0e-5 1/s: theta = c (t - (1 - exp(-k t))/k); a half-life of 2.75 h."""
    k, end = 7.0e-5, 4 * HOUR
    found = run(scheme(1.0, None, k_init=k), flask(100.0, end, M=1.0, Ru0=0.05), end)
    theta = 5e-4 * (end - (1 - math.exp(-k * end)) / k)
    assert found.yields["M"] == pytest.approx(math.exp(-theta), rel=1e-9)
    assert found.moments[0].amounts["Ru"] + found.moments[0].amounts["Ru0"] == pytest.approx(0.05, rel=1e-9)
    never = run(scheme(1.0, None), flask(100.0, end, M=1.0, Ru0=0.05), end)
    assert never.yields["M"] == 1.0
