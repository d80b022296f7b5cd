"""ika-control 0.7.0 drives our IKA plate over TCP.

What it says of the stirrer's switch is not looked at: it takes 11 and 12, on and off, both for on.
"""

from typing import Any

import pytest

pytestmark = pytest.mark.timeout(600)

SPEED = 20.0
"""Bench seconds in a second: the library waits 0.75 s where the plate is silent."""


@pytest.fixture
def plate(start_bench: Any, start_client: Any) -> tuple[Any, Any]:
    """A bench with a flask of water on a plate, and the connected library."""
    bench = start_bench(
        {
            "devices": [
                # The library also asks what the RCT's manual does not list.
                {"name": "plate", "driver": "ika-rct-digital", "port": "A", "options": {"status_commands": True}}
            ],
            "vessels": [
                {
                    "name": "flask",
                    "capacity_mL": 250,
                    "hotplate": "plate",
                    "contents": [{"name": "water", "solvent": "water", "volume_mL": 100}],
                }
            ],
        },
        pty=False,
        speed=SPEED,
    )
    client = start_client("ika-control")
    told = client.do("connect", port=bench.port("plate", "url").removeprefix("socket://"))
    assert told == {"name": "RCT digital", "device_type": "RCT digital", "temp_limit": 370.0}
    return bench, client


def start(bench: Any, client: Any) -> None:
    """Four commands without a reply; the library may send them in one piece."""
    client.do("set", temperature_degC=55.5, speed_rpm=250)
    client.do("switch", what="motor", on=True)
    client.do("switch", what="heater", on=True)
    bench.wait(lambda truth: truth["devices"]["plate"]["heater"])


def test_heat_and_stir(plate: Any) -> None:
    bench, client = plate
    told = client.do("get")
    assert (told["speed"]["actual"], told["process_temp"]["active"]) == (0, False)
    assert told["process_temp"]["actual"] == pytest.approx(20.0, abs=0.3)

    start(bench, client)
    bench.wait(lambda truth: truth["devices"]["plate"]["probe_temperature_degC"] > 30)
    before = bench.truth()["devices"]["plate"]
    told = client.do("get")
    after = bench.truth()["devices"]["plate"]
    assert told["speed"] == {"setpoint": 250, "actual": 250, "active": True}
    assert (told["process_temp"]["setpoint"], told["process_temp"]["active"]) == (55.5, True)
    noise = 0.2
    probe, surface = told["process_temp"]["actual"], told["surface_temp"]["actual"]
    assert before["probe_temperature_degC"] - noise <= probe <= after["probe_temperature_degC"] + noise
    plates = before["plate_temperature_degC"], after["plate_temperature_degC"]
    assert min(plates) - noise <= surface <= max(plates) + noise
    assert after["set_temperature_degC"] == 55.5 and after["set_speed_rpm"] == 250


def test_switch_off(plate: Any) -> None:
    bench, client = plate
    start(bench, client)
    bench.wait(lambda truth: truth["devices"]["plate"]["heater_power_W"] > 0)
    client.do("switch", what="heater", on=False)
    client.do("switch", what="motor", on=False)
    assert client.do("get")["process_temp"]["active"] is False
    bench.wait(lambda truth: truth["devices"]["plate"]["speed_rpm"] == 0)
    truth = bench.wait(lambda truth: truth["devices"]["plate"]["heater_power_W"] == 0)["devices"]["plate"]
    assert (truth["heater"], truth["stirrer"]) == (False, False)
    told = client.do("get")
    assert told["speed"]["actual"] == 0
    assert told["process_temp"]["setpoint"] == 55.5, "a set point outlives the switch"


def test_a_blocked_stirrer_is_seen(plate: Any) -> None:
    bench, client = plate
    start(bench, client)
    bench.wait(lambda truth: truth["devices"]["plate"]["speed_rpm"] == 250)
    bench.fault(target="plate", kind="stirrer-stop")
    bench.wait(lambda truth: truth["devices"]["plate"]["speed_rpm"] == 0)
    told = client.do("get")
    assert (told["speed"]["setpoint"], told["speed"]["actual"]) == (250, 0)
    assert told["process_temp"]["active"] is False
    truth = bench.device("plate")
    assert (truth["display"], truth["heater"]) == ("Er04", False)


def test_a_cut_probe_is_silence_and_no_later_reply_is_off_by_one(plate: Any) -> None:
    bench, client = plate
    start(bench, client)
    bench.fault(target="plate", kind="probe-broken", reply="none")
    told = client.do("get")
    assert told["process_temp"] == {"setpoint": 55.5, "actual": None, "active": False}
    assert told["speed"]["setpoint"] == 250
    truth = bench.device("plate")
    assert (truth["display"], truth["heater"]) == ("Er06", False)
