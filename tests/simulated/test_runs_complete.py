"""Whole runs that end well: the protocols and the template, on both benches."""

import dataclasses
from decimal import Decimal
from typing import Any

import pytest

import ruggli_drivers.new_era as driver
import ruggli_drivers.new_era_limits as limits
from ruggli.devices.capability import PumpCapability
from ruggli.devices.numbers import WireUnit

SLOW = ("slow-addition", {"addition_time": "1 min", "volume": "2 mL"})
RCM = (
    "rcm-high-dilution",
    {"addition_time": "3 min", "hold_time": "1 min", "scavenger_time": "1 min", "flask_volume": "62 mL"},
)
AMINE = (
    "reductive-amination",
    {"acid_time": "3 min", "portion_interval": "1 min", "reaction_time": "1 min", "quench_rate": "2 mL/min"},
)
AMIDE = ("amide-macrocyclisation", {"addition_time": "3 min", "hold_time": "1 min", "coupling_reagent": "pybop"})


@pytest.mark.parametrize("rig", ["bench", "bench-harvard"])
@pytest.mark.parametrize(("protocol", "settings"), [SLOW, RCM, AMINE, AMIDE], ids=lambda value: value if value else "")
def test_the_shipped_protocols_deliver_what_they_plan(
    desk: Any, protocol: str, settings: dict[str, str], rig: str
) -> None:
    trial = desk.run(protocol, rig, settings)
    assert (trial.verdict, trial.alarms) == ("complete", [])
    trial.check_doses()
    assert trial.outcome.wall_seconds < 4.0
    truth = trial.bench.truth()["devices"]
    assert all(device.get("motor_mm_per_s", 0) == 0 for device in truth.values())
    assert trial.records[-1]["kind"] == "seal"


@pytest.mark.parametrize("seconds", [56.0, 57.0, 58.0, 59.0, 60.0, 61.0, 540.0])
def test_reflux_without_a_probe_in_the_flask(desk: Any, seconds: float) -> None:
    """A person confirms reflux; the set point may come down in the second in which the plate is asked for its own."""
    protocol = desk.dual(solvent="dichloromethane", to="reflux", step_class="feed_at_reflux")
    mend = {"mend": lambda text: text.replace("probe: flask", "probe: block")}
    trial = desk.run(protocol, answers=[("warm.confirm", "done", seconds)], **mend)
    assert (trial.verdict, trial.alarms) == ("complete", [])


def test_a_filling_too_large_for_the_syringe_is_refilled_and_adds_up(desk: Any) -> None:
    trial = desk.run("slow-addition", settings={"addition_time": "3 min", "volume": "44 mL"})
    trial.check_doses()
    trial = desk.run(settings={"addition_time": "30 min", "volume_a": "110 mL", "volume_b": "10 mL"})
    assert trial.verdict == "complete"
    trial.check_doses()
    assert len(trial.of("intent")) >= 2 + 2 * 3, "three fillings of pump_a, the partner held meanwhile"
    for segment in (0, 1, 2):
        devices = [r["device"] for r in trial.of("started") if r["segment"] == segment]
        assert sorted(devices) == ["pump_a", "pump_b"]


def test_the_same_seed_gives_the_same_trace(desk: Any) -> None:
    first, second = (desk.run(tapped=True) for _ in range(2))
    assert first.wire == second.wire
    drop = {"wall", "hash", "head", "created", "run", "wall_seconds"}
    shown = [[{k: v for k, v in r.items() if k not in drop} for r in trial.records] for trial in (first, second)]
    assert shown[0] == shown[1]


def test_every_device_is_read_at_least_once_a_second(desk: Any) -> None:
    trial = desk.run(tapped=True)
    for port in ("sim://pump_a", "sim://pump_b", "sim://plate"):
        times = [when for when, name, direction, _ in trial.wire if name == port and direction == ">"]
        gaps = [after - before for before, after in zip(times, times[1:], strict=False)]
        assert max(gaps) <= 1.0 + 1e-6, port


@pytest.mark.parametrize(("solvent", "boiling"), [("dichloromethane", 39.6), ("toluene", 110.6)])
def test_reflux_is_reached_and_the_plate_stays_below_its_cap(desk: Any, solvent: str, boiling: float) -> None:
    trial = desk.run(desk.dual(solvent=solvent, to="reflux", step_class="feed_at_reflux"))
    assert (trial.verdict, trial.alarms) == ("complete", [])
    trial.check_doses()
    plates = [r["plates"]["plate"] for r in trial.of("sample")]
    assert max(plate for _, plate, _ in plates) <= 150.0 + 1.0
    assert trial.outcome.max_temperature == pytest.approx(boiling, abs=2.5)
    began = next(r["t"] for r in trial.of("step") if r["step"] == "add" and r["what"] == "begin")
    near = [r["t"] for r in trial.of("sample") if abs(r["plates"]["plate"][0] - boiling) <= 2.0 and r["t"] < began]
    assert near[-1] - near[0] >= 295.0, "five minutes within 2 K of the boiling point come before the feed"


def test_heat_is_off_at_the_end_and_stirring_goes_on(desk: Any) -> None:
    trial = desk.run()
    truth = trial.bench.truth()["devices"]["plate"]
    assert truth["heater"] is False
    assert truth["speed_rpm"] == pytest.approx(400, abs=5)
    assert any("stirs at 400 rpm" in line for line in trial.outcome.still_on)


def test_an_unknown_bore_changes_the_truth_and_not_the_counter(desk: Any) -> None:
    trial = desk.run(mend=lambda text: text + "simulation:\n  physical_bore: {pump_a: 30 mm}\n")
    row = trial.dose("substrate_solution")
    assert trial.verdict == "complete"
    assert row["delivered_mL"][1] == pytest.approx(2.0, abs=0.002)
    assert row["truth_mL"] == pytest.approx(2.0 * (30 / 32.57) ** 2, rel=0.005)
    with pytest.raises(AssertionError):
        trial.check_doses()


class TestPlantedSlips:
    """A slip that is the same in both directions reads back well; the truth, or the engine, has to see it."""

    def ends_cleanly(self, trial: Any) -> bool:
        if trial.verdict != "complete" or trial.alarms:
            return False
        try:
            trial.check_doses()
        except AssertionError:
            return False
        return True

    def plant(self, monkeypatch: pytest.MonkeyPatch, names: dict[str, WireUnit]) -> None:
        """Units by name in place of the right ones, in what is sent and in what is read."""
        card = limits.CARD.capabilities["NE-1000"]
        assert isinstance(card, PumpCapability)
        rates = tuple(names.get(unit.name, unit) for unit in limits.RATE_UNITS)
        volumes = tuple(names.get(unit.name, unit) for unit in limits.MILLILITRES)
        slipped = dataclasses.replace(
            card, rate_units=rates, volume_units=lambda bore: volumes, counter_units=lambda bore: volumes
        )
        monkeypatch.setitem(limits.CARD.capabilities, "NE-1000", slipped)
        monkeypatch.setitem(limits.CAPABILITIES, "NE-1000", slipped)
        units = {**driver.UNITS, **{unit.code: unit for unit in (*rates, *volumes)}}
        monkeypatch.setattr(driver, "UNITS", units)

    def test_nothing_planted_ends_cleanly(self, desk: Any) -> None:
        assert self.ends_cleanly(desk.run())

    def test_sixty_times_the_rate(self, desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        real = {unit.name: unit for unit in limits.RATE_UNITS}
        swap = {"mL/h": "mL/min", "mL/min": "mL/h", "uL/h": "uL/min", "uL/min": "uL/h"}
        slip = {name: dataclasses.replace(unit, code=real[swap[name]].code) for name, unit in real.items()}
        self.plant(monkeypatch, slip)
        trial = desk.run(settings={"addition_time": "10 min"})
        assert not self.ends_cleanly(trial)
        assert {code for code, _ in trial.alarms} == {"A-PROGRESS"}

    def test_microlitres_for_millilitres(self, desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        self.plant(monkeypatch, {"mL": WireUnit("mL", "UL", Decimal(1))})
        assert not self.ends_cleanly(desk.run())

    def test_a_counter_a_thousand_times_too_small(self, desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        real = driver.NewEraPump._read_counter
        monkeypatch.setattr(driver.NewEraPump, "_read_counter", lambda self, answer: real(self, answer) / 1000)
        assert not self.ends_cleanly(desk.run())
