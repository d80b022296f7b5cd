"""Proofs of dead-men: in process, over sockets, with devices that do not stop, and what a run makes of them."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from ruggli.app.benches import describe
from ruggli.app.builtin import find_rig
from ruggli.app.connect import Lines, real_place
from ruggli.app.doors import simulated_ports
from ruggli.app.files import open_rig
from ruggli.app.proofs import missing_proofs, proof_path, read_proofs, write_proofs
from ruggli.app.proving import NO_DEAD_MAN, NOT_ASKED, NOT_PROVED, PROVED, Consent, OpenBench, prove_rig
from ruggli.cli.program import run as cli
from ruggli.documents.problem import Severity
from ruggli.errors import InputError
from ruggli.quantities.base import Seconds
from ruggli.rig.loader import RigFile
from ruggli.world.loop import Loop
from ruggli.world.ports import open_port
from ruggli.world.tasks import Task, Wait
from ruggli.world.time import RealTime, VirtualTime, wall_now
from ruggli_simulator.bench import Bench
from ruggli_simulator.faults import schedule
from ruggli_simulator.server import serve

SPEED = 10.0
ALL = ["pump_a", "pump_b", "plate"]


def yes(question: Consent) -> bool:
    return True


@pytest.fixture
def rig(tmp_path: Path) -> RigFile:
    """The built-in bench as a file of its own."""
    path = tmp_path / "rig.yaml"
    path.write_bytes(find_rig("bench")[1])
    return open_rig(str(path))


def bench_with(*faults: dict[str, Any], seen: list[Bench] | None = None) -> OpenBench:
    def opened(rig: RigFile, stack: ExitStack) -> tuple[Loop, Lines]:
        loop = Loop(VirtualTime(wall_now()))
        bench = Bench(describe(rig), loop, 0)
        schedule(bench, faults)
        if seen is not None:
            seen.append(bench)
        lines = Lines(loop, simulated_ports(bench, stack), open_port)
        stack.callback(lines.close)
        return loop, lines

    return opened


def states(rig: RigFile, *faults: dict[str, Any]) -> dict[str, str]:
    return {row.device: row.state for row in prove_rig(rig, (), yes, bench_with(*faults)).rows}


def test_every_dead_man_is_proved_and_kept_beside_the_rig(rig: RigFile) -> None:
    benches: list[Bench] = []
    proving = prove_rig(rig, (), yes, bench_with(seen=benches))
    assert [(row.device, row.state) for row in proving.rows] == [(name, PROVED) for name in ALL]
    assert proving.file == proof_path(rig.document.file)
    assert {name: proof.dead_man_s for name, proof in read_proofs(rig).items()} == {
        "pump_a": 10,
        "pump_b": 10,
        "plate": 30,
    }
    truth = benches[0].truth()["devices"]
    for name in ("pump_a", "pump_b"):
        assert truth[name]["motor_mm_per_s"] == 0
        assert 0 < truth[name]["counter_infused_mL"] < 0.05
        assert truth[name]["safe_mode_s"] == 0
    assert not truth["plate"]["heater"] and not truth["plate"]["stirrer"]
    assert truth["plate"]["watchdog_mode"] == 0
    assert (truth["plate"]["set_temperature_degC"], truth["plate"]["set_speed_rpm"]) == (25.0, 0.0), "as before"


@pytest.mark.parametrize("device", ALL)
def test_a_timer_that_never_fires_is_not_proved(rig: RigFile, device: str) -> None:
    prove_rig(rig, (), yes, bench_with())
    benches: list[Bench] = []
    proving = prove_rig(rig, (), yes, bench_with({"kind": "dead-man-dead", "target": device}, seen=benches))
    assert {row.device: row.state for row in proving.rows} == {
        name: NOT_PROVED if name == device else PROVED for name in ALL
    }
    assert sorted(read_proofs(rig)) == sorted(set(ALL) - {device}), "the old proof is withdrawn"
    truth = benches[0].truth()["devices"]
    assert truth["pump_a"]["motor_mm_per_s"] == truth["pump_b"]["motor_mm_per_s"] == 0, "stopped nevertheless"


@pytest.mark.parametrize(
    ("fault", "device"),
    [
        ({"kind": "silent-stall", "target": "pump_a", "lasting": True}, "pump_a"),
        ({"kind": "stall", "at": 3, "target": "pump_a"}, "pump_a"),
        ({"kind": "unplug", "target": "pump_b"}, "pump_b"),
        ({"kind": "power-off", "target": "plate"}, "plate"),
        ({"kind": "wrong-echo", "target": "plate"}, "plate"),
        ({"kind": "power-cycle", "at": 5, "target": "plate"}, "plate"),
        ({"kind": "power-cycle", "at": 5, "target": "pump_b"}, "pump_b"),
    ],
    ids=lambda value: value["kind"] if isinstance(value, dict) else value,
)
def test_what_looks_like_a_stop_is_no_proof(rig: RigFile, fault: dict[str, Any], device: str) -> None:
    assert states(rig, fault) == {name: NOT_PROVED if name == device else PROVED for name in ALL}


def test_a_plate_that_stirs_is_left_alone(rig: RigFile) -> None:
    panel = {"kind": "panel", "target": "plate", "set_speed_rpm": 300, "stirrer": True}
    benches: list[Bench] = []

    def later(file: RigFile, stack: ExitStack) -> tuple[Loop, Lines]:
        loop, lines = bench_with(panel, seen=benches)(file, stack)

        def wait() -> Task[None]:
            yield Wait(Seconds(5.0))

        loop.run(loop.spawn(wait()))
        return loop, lines

    row = prove_rig(rig, ("plate",), yes, later).rows[0]
    assert row.state == NOT_PROVED and "it stirs at 300 rpm" in row.seen
    assert benches[0].truth()["devices"]["plate"]["set_speed_rpm"] == 300


def test_no_pump_moves_without_consent(rig: RigFile) -> None:
    asked: list[str] = []

    def no(question: Consent) -> bool:
        asked.append(str(question))
        return False

    benches: list[Bench] = []
    proving = prove_rig(rig, (), no, bench_with(seen=benches))
    assert {row.device: row.state for row in proving.rows} == {
        "pump_a": NOT_ASKED,
        "pump_b": NOT_ASKED,
        "plate": PROVED,
    }
    assert len(asked) == 2 and "over waste" in asked[0] and "uL" in asked[0]
    truth = benches[0].truth()["devices"]
    assert truth["pump_a"]["counter_infused_mL"] == truth["pump_b"]["counter_infused_mL"] == 0


def test_a_proof_that_is_interrupted_leaves_no_pump_running(rig: RigFile) -> None:
    benches: list[Bench] = []

    def interrupt() -> None:
        assert benches[0].truth()["devices"]["pump_a"]["motor_mm_per_s"] > 0
        raise KeyboardInterrupt

    def opened(file: RigFile, stack: ExitStack) -> tuple[Loop, Lines]:
        loop, lines = bench_with(seen=benches)(file, stack)
        loop.call_at(Seconds(4.0), interrupt)
        return loop, lines

    with pytest.raises(KeyboardInterrupt):
        prove_rig(rig, (), yes, opened)
    devices = benches[0].truth()["devices"]
    assert devices["pump_a"]["motor_mm_per_s"] == devices["pump_b"]["motor_mm_per_s"] == 0
    assert read_proofs(rig) == {}


def test_a_device_without_dead_man_is_named_and_is_no_failure(tmp_path: Path) -> None:
    path = tmp_path / "harvard.yaml"
    path.write_bytes(find_rig("bench-harvard")[1])
    rows = {row.device: row.state for row in prove_rig(open_rig(str(path)), (), yes, bench_with()).rows}
    assert rows == {"pump_a": PROVED, "pump_b": NO_DEAD_MAN, "plate": PROVED}


def test_a_name_that_the_rig_has_not(rig: RigFile) -> None:
    with pytest.raises(InputError, match="did you mean pump_a"):
        prove_rig(rig, ("pump_aa",), yes)


def test_the_command_line(rig: RigFile, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli(["rig", "prove", rig.document.file]) == 2, "nobody can be asked"
    assert "--yes" in capsys.readouterr().err
    assert cli(["rig", "prove", rig.document.file, "--yes", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [row["state"] for row in told["devices"]] == ["proved"] * 3
    import jsonschema

    from ruggli.cli.shapes import output_schema

    jsonschema.validate(told, output_schema("rig prove"))


# ---- what a run makes of proofs ----


def on_sockets(rig: RigFile) -> RigFile:
    path = Path(rig.document.file)
    text = path.read_text()
    for number, name in enumerate(ALL, 5001):
        text = text.replace(f"sim://{name}", f"socket://127.0.0.1:{number}")
    path.write_text(text)
    return open_rig(str(path))


def lacking(rig: RigFile, days: float = 0, waived: tuple[str, ...] = ()) -> list[str]:
    found = missing_proofs(rig, ALL, waived, wall_now() + timedelta(days=days), Severity.ERROR)
    assert all(problem.code == "E-PROOF" and "ruggli rig prove" in problem.remedy for problem in found)
    return [f"{problem.path}: {problem.value}" for problem in found]


def test_simulated_ports_need_no_proof(rig: RigFile) -> None:
    assert missing_proofs(rig, ALL, (), wall_now(), Severity.ERROR) == ()


def test_a_proof_ends_with_its_time_its_entry_and_its_waiver(rig: RigFile) -> None:
    real = on_sockets(rig)
    assert lacking(real) == [f"devices.{name}: was never proved" for name in ALL]
    prove_rig(real, (), yes, bench_with())
    assert lacking(real) == []
    assert lacking(real, days=29) == []
    assert len(lacking(real, days=31)) == 3
    assert len(lacking(real, days=31, waived=("plate",))) == 2
    path = Path(real.document.file)
    path.write_text(path.read_text().replace("dead_man: 30 s", "dead_man: 25 s"))
    assert lacking(open_rig(str(path))) == ["devices.plate: was proved with another entry in the rig file"]
    path.write_text(path.read_text().replace("dead_man: 25 s", "dead_man: 30 s   # as it was"))
    assert lacking(open_rig(str(path))) == []


def test_a_proof_file_that_is_none_is_no_proof(rig: RigFile) -> None:
    real = on_sockets(rig)
    prove_rig(real, (), yes, bench_with())
    path = Path(proof_path(real.document.file))
    for text in ("", "[]", '{"proof": 2}', '{"proof": 1, "devices": {"plate": {}}}', path.read_text()[:-40]):
        path.write_text(text)
        assert len(lacking(real)) == 3
    write_proofs(real, {})
    assert read_proofs(real) == {}


def test_an_unattended_run_without_proof_is_refused(rig: RigFile, capsys: pytest.CaptureFixture[str]) -> None:
    real = on_sockets(rig)
    words = ["rcm-high-dilution", "--rig", real.document.file, "--unattended"]
    cli(["plan", *words, "--json"])
    noted = json.loads(capsys.readouterr().out)["problems"]
    assert [problem["code"] for problem in noted].count("N-PROOF") == 3
    assert cli(["run", *words, "--accept", "W-NOTIFY", "--json"]) == 2
    refused = json.loads(capsys.readouterr().out)["problems"]
    assert [problem["code"] for problem in refused].count("E-PROOF") == 3
    prove_rig(real, (), yes, bench_with())
    cli(["plan", *words, "--json"])
    assert "N-PROOF" not in capsys.readouterr().out


# ---- over sockets ----


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[RigFile, Callable[[dict[str, Any]], None]]]:
    """The built-in bench behind TCP ports, ten times as fast."""
    told: dict[str, Any] = {}
    ready, end = threading.Event(), threading.Event()

    def note(data: dict[str, Any]) -> None:
        told.update(data)
        ready.set()

    bench = describe(open_rig())
    server = threading.Thread(
        target=serve, args=(bench,), kwargs={"on_ready": note, "stop_event": end, "speed": SPEED}, daemon=True
    )
    server.start()
    assert ready.wait(10)
    text = find_rig("bench")[1].decode()
    for device in told["devices"]:
        text = text.replace(f"sim://{device['name']}", device["url"])
    path = tmp_path / "rig.yaml"
    path.write_text(text)

    def post(fault: dict[str, Any]) -> None:
        request = Request(f"{told['control']}/fault", json.dumps(fault).encode(), {"Content-Type": "application/json"})
        with urlopen(request, timeout=10) as reply:
            assert json.load(reply)["ok"]

    yield open_rig(str(path)), post
    end.set()
    server.join(10)


def fast_bench(rig: RigFile, stack: ExitStack) -> tuple[Loop, Lines]:
    """Real sockets and a clock as fast as that of the served bench."""
    loop = Loop(RealTime(SPEED))
    lines = Lines(loop, real_place, open_port)
    stack.callback(loop.close)
    stack.callback(lines.close)
    return loop, lines


def test_proofs_over_sockets(served: tuple[RigFile, Callable[[dict[str, Any]], None]]) -> None:
    rig, post = served
    proving = prove_rig(rig, (), yes, fast_bench)
    assert [row.state for row in proving.rows] == [PROVED] * 3, proving.rows
    assert [row.took >= 12 for row in proving.rows] == [True] * 3
    post({"kind": "dead-man-dead", "target": "pump_a"})
    again = prove_rig(rig, ("pump_a", "pump_b"), yes, fast_bench)
    assert [row.state for row in again.rows] == [NOT_PROVED, PROVED], again.rows
    assert lacking(rig) == ["devices.pump_a: was never proved"]


def test_another_device_than_the_proved_one_is_refused(
    served: tuple[RigFile, Callable[[dict[str, Any]], None]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rig, _ = served
    prove_rig(rig, (), yes, bench_with())
    words = ["slow-addition", "--rig", rig.document.file, "--unattended", "--no-report", "--json"]
    cli(["plan", *words[:-2], "--json"])
    planned = json.loads(capsys.readouterr().out)
    wanted = sorted(
        {"W-SLEEP"} | {problem["code"] for problem in planned["problems"] if problem["severity"] == "warning"}
    )
    words += [word for code in wanted for word in ("--accept", code)]
    proofs = read_proofs(rig)
    used = [device["name"] for device in planned["devices"] if device["name"].startswith("pump")]
    other = replace(proofs[used[0]], identity=replace(proofs[used[0]].identity, firmware="V9.999"))
    write_proofs(rig, {used[0]: other})
    assert cli(["run", *words, "--runs", str(tmp_path / "runs")]) == 2
    cause = json.loads(capsys.readouterr().out)["cause"]
    assert "proved on another device" in cause and "V9.999" in cause and "rig prove" in cause
