"""nesp-lib 2.0.0 drives our New Era pump, in basic and in safe mode."""

import sys
from math import pi
from typing import Any

import pytest

pytestmark = [
    pytest.mark.timeout(600),
    pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals, and nesp-lib opens nothing else"),
]

BORE_MM = 26.59
RESOLUTION_ML = 0.001
MODES = pytest.mark.parametrize(("address", "safe_mode_s"), [(0, 0), (0, 2), (7, 2)], ids=["basic", "safe", "safe-7"])


def bench_with_pump(start_bench: Any, address: int) -> Any:
    """A pump just switched on: its first reply to anything is the alarm of the power-up."""
    return start_bench(
        {
            "devices": [
                {
                    "name": "pump",
                    "driver": "new-era",
                    "port": "A",
                    "address": address,
                    "options": {"reset_alarm": True},
                    "syringe": {"capacity_mL": 60, "bore_mm": BORE_MM, "stored_bore_mm": 10.0},
                    "line": {"to": "flask"},
                }
            ],
            "vessels": [{"name": "flask", "capacity_mL": 250}],
        }
    )


def connected(start_bench: Any, start_client: Any, address: int, safe_mode_s: int) -> tuple[Any, Any]:
    bench = bench_with_pump(start_bench, address)
    client = start_client("nesp-lib")
    told = client.do("connect", port=bench.port("pump"), address=address, safe_mode_s=safe_mode_s)
    assert told == {"model": 1000, "firmware": [3, 923]}
    return bench, client


@MODES
def test_a_dose_from_identity_to_counters(start_bench: Any, start_client: Any, address: int, safe_mode_s: int) -> None:
    bench, client = connected(start_bench, start_client, address, safe_mode_s)
    client.do("set", bore_mm=BORE_MM, volume_mL=0.5, rate_mL_min=9.0)
    assert client.do("settings") == pytest.approx(
        {"bore_mm": BORE_MM, "direction": "INFUSE", "volume_mL": 0.5, "rate_mL_min": 9.0, "safe_mode_s": safe_mode_s}
    )
    assert bench.device("pump")["stored_bore_mm"] == BORE_MM
    assert bench.device("pump")["safe_mode_s"] == safe_mode_s
    assert client.do("status") == "STOPPED"

    client.do("run")
    assert client.do("status") == "INFUSING"
    area_mm2 = pi / 4 * BORE_MM**2
    assert bench.device("pump")["motor_mm_per_s"] * area_mm2 * 0.06 == pytest.approx(9.0, rel=1e-6)
    low = bench.liquid("pump")
    infused, withdrawn = client.do("counters")
    assert low - RESOLUTION_ML <= infused <= bench.liquid("pump") + RESOLUTION_ML
    assert withdrawn == 0

    bench.wait_for_rest("pump")
    assert client.do("status") == "STOPPED"
    assert client.do("counters") == [0.5, 0.0]
    assert bench.liquid("pump") == pytest.approx(0.5, abs=1e-6)
    client.do("clear")
    assert client.do("counters") == [0.0, 0.0]
    assert bench.liquid("pump") == pytest.approx(0.5, abs=1e-6)


@MODES
def test_a_stop_in_mid_dose(start_bench: Any, start_client: Any, address: int, safe_mode_s: int) -> None:
    bench, client = connected(start_bench, start_client, address, safe_mode_s)
    client.do("set", bore_mm=BORE_MM, volume_mL=5.0, rate_mL_min=6.0)
    client.do("run")
    bench.wait_for_volume("pump", 0.05)
    client.do("stop")
    assert client.do("status") == "PAUSED"
    assert bench.device("pump")["motor_mm_per_s"] == 0
    infused, _ = client.do("counters")
    assert infused == pytest.approx(bench.liquid("pump"), abs=RESOLUTION_ML)
    assert 0.05 <= infused < 5.0


@MODES
def test_a_stall_is_seen(start_bench: Any, start_client: Any, address: int, safe_mode_s: int) -> None:
    bench, client = connected(start_bench, start_client, address, safe_mode_s)
    client.do("set", bore_mm=BORE_MM, volume_mL=5.0, rate_mL_min=6.0)
    client.do("run")
    bench.wait_for_volume("pump", 0.05)
    bench.fault(target="pump", kind="stall")
    bench.wait_for_rest("pump")
    name, text = client.fail("status")
    assert name == "StatusAlarmException"
    assert text == "STALLED"
    if safe_mode_s:
        # The pump has sent its alarm unasked, which acknowledges nothing: the reply to the question tells it again.
        # The library takes the first for the reply and finds the second one question later.
        assert client.fail("status") == (name, text)
        assert bench.device("pump")["alarm"] == ""
        return
    infused, _ = client.do("counters")
    assert infused == pytest.approx(bench.liquid("pump"), abs=RESOLUTION_ML)
    assert bench.device("pump")["status"] == "S"


def test_a_rate_that_the_syringe_cannot_have_is_refused(start_bench: Any, start_client: Any) -> None:
    bench, client = connected(start_bench, start_client, 0, 0)
    # 0.88 mL/min is the most for this bore.
    assert client.fail("set", bore_mm=4.699, volume_mL=0.5, rate_mL_min=5.0)[0] == "ValueError"
    assert bench.device("pump")["motor_mm_per_s"] == 0


@pytest.mark.parametrize(("safe_mode_s", "goes_on"), [(0, True), (2, False)], ids=["basic", "safe"])
def test_a_killed_client_leaves_the_pump_to_its_dead_man(
    start_bench: Any, start_client: Any, safe_mode_s: int, goes_on: bool
) -> None:
    bench, client = connected(start_bench, start_client, 0, safe_mode_s)
    client.do("set", bore_mm=BORE_MM, volume_mL=5.0, rate_mL_min=6.0)
    client.do("run")
    # Longer than the timer: the library's heart-beat alone keeps the pump running.
    started = bench.truth()["time_s"]
    bench.wait(lambda truth: truth["time_s"] > started + 3.5)
    assert bench.device("pump")["motor_mm_per_s"] > 0
    client.kill()
    killed = bench.truth()["time_s"]
    truth = bench.wait(lambda truth: truth["time_s"] > killed + 2.5)
    pump = truth["devices"]["pump"]
    assert (pump["motor_mm_per_s"] > 0) is goes_on
    assert pump["alarm"] == ("" if goes_on else "T")
