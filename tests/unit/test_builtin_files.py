"""Shipped protocols and rigs, found by name."""

from pathlib import Path

import pytest

from ruggli.app.builtin import builtin_protocols, find_protocol, find_rig, protocol_names, rig_names
from ruggli.app.files import open_protocol, open_rig
from ruggli.documents.problem import ProblemsError
from ruggli.errors import InputError
from ruggli.plan.driver_checks import check_drivers
from ruggli.rig.checks import check_ports
from ruggli.rig.geometry import hold_up, resolve_syringe
from ruggli.rig.loader import RigFile, read_rig
from ruggli_drivers.harvard_elite11 import CARD as HARVARD
from ruggli_drivers.ika_rct import CARD as IKA
from ruggli_drivers.new_era_limits import CARD as NEW_ERA

CARDS = {card.name: card for card in (HARVARD, IKA, NEW_ERA)}


def rig(name: str) -> RigFile:
    file, data = find_rig(name)
    return read_rig(data, file)


def test_folder_is_found() -> None:
    assert builtin_protocols().is_dir()


def test_names() -> None:
    assert {"bench", "bench-harvard", "example-serial"} <= set(rig_names())
    assert all(find_protocol(name)[1] for name in protocol_names())


@pytest.mark.parametrize("name", ["bench", "bench.yaml"])
def test_found_with_and_without_ending(name: str) -> None:
    file, data = find_rig(name)
    assert file == "bench.yaml"
    assert data.startswith(b"# yaml-language-server")


def test_a_folder_of_the_same_name_does_not_hide_what_ships(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bench").mkdir()
    (tmp_path / "slow-addition").mkdir()
    assert open_rig("bench").rig.name == "simulated bench"
    assert open_protocol("slow-addition").protocol.name == "Slow addition"


@pytest.mark.parametrize("name", ["../rigs/bench", "rigs/bench", "/etc/passwd", "", ".yaml", "bench.yml"])
def test_a_path_is_no_name(name: str) -> None:
    with pytest.raises(InputError, match=r"no shipped rig .* shipped: bench, bench-harvard, example-serial"):
        find_rig(name)


def test_did_you_mean() -> None:
    with pytest.raises(InputError, match="did you mean bench-harvard"):
        find_rig("bench-havard")


@pytest.mark.parametrize("name", rig_names())
def test_shipped_rigs_are_clean(name: str) -> None:
    found = rig(name)
    assert found.problems == ()
    assert check_ports(found, unattended=True) == ()
    assert check_drivers(found, CARDS) == ()


def test_the_bench_is_simulated_and_has_dead_men() -> None:
    devices = rig("bench").rig.devices
    assert all((device.port.url or "").startswith("sim://") for device in devices.values())
    assert {name: device.dead_man.base for name, device in devices.items() if device.dead_man} == {
        "pump_a": 10.0,
        "pump_b": 10.0,
        "plate": 30.0,
    }
    charges = {name: spec.size for name in ("pump_a", "pump_b") if (spec := resolve_syringe(devices[name]))}
    assert charges == {"pump_a": 50.0, "pump_b": 25.0}
    assert [hold_up(device.tubing) for device in devices.values() if device.tubing] == pytest.approx(
        [0.3016] * 2, abs=1e-4
    )


def test_the_harvard_bench_differs_in_one_pump() -> None:
    ours, other = rig("bench").rig, rig("bench-harvard").rig
    assert other.devices["pump_b"].driver == HARVARD.name
    assert {name for name in ours.devices if ours.devices[name] != other.devices[name]} == {"pump_b"}
    assert ours.vessels == other.vessels


def test_a_shipped_rig_changed_by_hand_is_still_checked() -> None:
    file, data = find_rig("bench")
    with pytest.raises(ProblemsError, match="E-REF"):
        read_rig(data.replace(b"hotplate: plate", b"hotplate: plat"), file)
