"""flowchem 1.1.6 drives our Harvard Pump 11 Elite."""

import sys
from math import pi
from typing import Any

import pytest

pytestmark = [
    pytest.mark.timeout(600),
    pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals, and flowchem opens nothing else"),
]

BORE_MM = 14.43
ADDRESSES = pytest.mark.parametrize(("stands_at", "told"), [(0, 0), (3, -1)], ids=["address-0", "looked-for"])


def connected(start_bench: Any, start_client: Any, stands_at: int, told: int) -> tuple[Any, Any]:
    bench = start_bench(
        {
            "devices": [
                {
                    "name": "pump",
                    "driver": "harvard-pump-11-elite",
                    "port": "A",
                    "address": stands_at,
                    "syringe": {"capacity_mL": 10, "bore_mm": BORE_MM, "stored_bore_mm": 20.0},
                    "line": {"to": "flask"},
                }
            ],
            "vessels": [{"name": "flask", "capacity_mL": 250}],
        }
    )
    client = start_client("flowchem")
    identity = client.do("connect", port=bench.port("pump"), address=told, bore_mm=BORE_MM, syringe_mL=10.0)
    assert identity == {
        "version": "11 ELITE I/W Single 3.0.4",
        "address": stands_at,
        "type": "11 ELITE I/W Single",
        "infuse_only": False,
    }
    return bench, client


@ADDRESSES
def test_a_dose_from_identity_to_counter(start_bench: Any, start_client: Any, stands_at: int, told: int) -> None:
    bench, client = connected(start_bench, start_client, stands_at, told)
    client.do("set", volume_mL=0.3, rate_mL_min=6.0)
    settings = client.do("settings")
    assert settings == {
        "bore": "14.4300 mm",
        "syringe": "10 ml",
        "rate_mL_min": pytest.approx(6.0),
        "force_percent": 30,
    }
    assert bench.device("pump")["stored_bore_mm"] == BORE_MM
    assert client.do("moving") is False

    client.do("run")
    assert client.do("moving") is True
    assert client.do("flow") == pytest.approx(6.0, rel=1e-4)
    assert bench.device("pump")["motor_mm_per_s"] * pi / 4 * BORE_MM**2 * 0.06 == pytest.approx(6.0, rel=1e-4)
    low = bench.liquid("pump")
    counter = client.do("counter")
    assert low - 1e-4 <= counter <= bench.liquid("pump") + 1e-4

    # The library takes no unasked T* while it waits for a reply: the end comes while it is not reading.
    bench.wait_for_rest("pump")
    assert client.do("moving") is False
    assert client.do("flow") == 0
    assert client.do("counter") == pytest.approx(0.3, rel=1e-5)
    assert bench.liquid("pump") == pytest.approx(0.3, rel=1e-4)


@ADDRESSES
def test_a_stop_in_mid_dose(start_bench: Any, start_client: Any, stands_at: int, told: int) -> None:
    bench, client = connected(start_bench, start_client, stands_at, told)
    client.do("set", volume_mL=5.0, rate_mL_min=6.0)
    client.do("run")
    bench.wait_for_volume("pump", 0.05)
    client.do("stop")
    assert bench.device("pump")["motor_mm_per_s"] == 0
    assert client.do("moving") is False
    assert client.do("counter") == pytest.approx(bench.liquid("pump"), rel=1e-4)
    assert 0.05 <= bench.liquid("pump") < 5.0


@ADDRESSES
def test_a_stall_is_seen(start_bench: Any, start_client: Any, stands_at: int, told: int) -> None:
    bench, client = connected(start_bench, start_client, stands_at, told)
    client.do("set", volume_mL=5.0, rate_mL_min=6.0)
    client.do("run")
    bench.wait_for_volume("pump", 0.05)
    bench.fault(target="pump", kind="stall")
    bench.wait_for_rest("pump")
    before = bench.liquid("pump")
    for question in ("moving", "counter"):
        name, text = client.fail(question)
        assert name == "DeviceError" and "Pump stalled" in text
    assert bench.liquid("pump") == before < 5.0


def test_a_target_larger_than_the_syringe_is_refused(start_bench: Any, start_client: Any) -> None:
    _, client = connected(start_bench, start_client, 0, 0)
    assert client.do("set", volume_mL=9.0, rate_mL_min=6.0) == []
    warned = client.do("set", volume_mL=11.0, rate_mL_min=6.0)
    assert any("Cannot set target volume of 11.0" in text for text in warned)
