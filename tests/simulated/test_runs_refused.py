"""What is refused before the start has sent nothing but questions; and what the wire and the journal must show."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ruggli.app.resuming import resume_run
from ruggli.app.runs import JOURNAL
from ruggli.errors import InputError, JournalError
from ruggli.journal.reader import read_journal
from ruggli.quantities.base import Celsius
from ruggli.world.disk import AppendFile

NEW_ERA_QUESTIONS = re.compile(rb"[0-9]*(VER|DIS|DIA|RAT|VOL|DIR|PHN|FUN|SAF|PF)?\r")
HARVARD_QUESTIONS = re.compile(rb"(ver|status|diameter|irate|tvolume|ivolume|crate|poll|load|ftswitch|version)?\r")
IKA_QUESTIONS = re.compile(rb"(IN_[A-Z0-9_]+) ?\r\n")


def commands(data: bytes) -> bytes:
    """The command in a New Era packet, safe or basic."""
    if data.startswith(b"\x02"):
        return data[2:-3] + b"\r"
    return data


def not_questions(trial: Any) -> list[tuple[str, bytes]]:
    """What was sent that a device may act upon."""
    found = []
    for _, port, direction, data in trial.wire:
        if direction == ">" and not any(
            pattern.fullmatch(commands(data)) for pattern in (NEW_ERA_QUESTIONS, HARVARD_QUESTIONS, IKA_QUESTIONS)
        ):
            found.append((port, data))
    return found


def stored(bore: str) -> Callable[[str], str]:
    return lambda text: text + f"simulation:\n  stored_bore: {{pump_a: {bore}}}\n"


def running(bench: Any) -> None:
    """Somebody else has started pump_a."""
    port = bench.ports["sim://pump_a"]
    for command in (b"0VOL5.000\r", b"0RAT1.000MH\r", b"0RUN\r"):
        port.write(command)
        port.read()


class TestRefusals:
    @pytest.mark.parametrize("rig", ["bench", "bench-harvard"])
    def test_another_device_on_the_port(self, desk: Any, rig: str) -> None:
        trial = desk.run(
            rig=rig,
            faults=[{"at": 0.0, "kind": "swap-ports", "target": "pump_b", "with": "plate"}],
            tapped=True,
        )
        assert trial.verdict == "refused"
        assert "pump_b" in trial.outcome.cause
        assert [p.message for p in trial.outcome.problems if p.code == "E-BENCH"] == [trial.outcome.cause]
        assert not_questions(trial) == []
        assert trial.bench.truth()["vessels"]["flask"]["volume_mL"] == 0

    def test_a_model_that_the_rig_does_not_name(self, desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        import ruggli.app.benches as app_benches

        real = app_benches.describe

        def other(rig: Any) -> Any:
            described = real(rig)
            devices = tuple(
                device if device.name != "pump_a" else type(device)(**{**_fields(device), "model": "NE-4000"})
                for device in described.devices
            )
            return type(described)(**{**_fields(described), "devices": devices})

        monkeypatch.setattr(app_benches, "describe", other)
        trial = desk.run(tapped=True)
        assert trial.verdict == "refused"
        assert "NE-4000" in trial.outcome.cause
        assert not_questions(trial) == []

    @pytest.mark.parametrize("device", ["pump_a", "pump_b", "plate"])
    def test_a_missing_port(self, desk: Any, device: str) -> None:
        trial = desk.run(faults=[{"at": 0.0, "kind": "unplug", "target": device}], tapped=True)
        assert trial.verdict == "refused"
        assert device in trial.outcome.cause
        assert not_questions(trial) == []

    @pytest.mark.parametrize("device", ["pump_a", "pump_b", "plate"])
    @pytest.mark.parametrize("rig", ["bench", "bench-harvard"])
    def test_a_silent_device(self, desk: Any, device: str, rig: str) -> None:
        trial = desk.run(rig=rig, faults=[{"at": 0.0, "kind": "power-off", "target": device}], tapped=True)
        assert trial.verdict == "refused"
        assert device in trial.outcome.cause
        assert not_questions(trial) == []

    def test_a_pump_that_runs_already(self, desk: Any) -> None:
        trial = desk.run(before=running, tapped=True)
        assert trial.verdict == "refused"
        assert "infusing already" in trial.outcome.cause
        assert not_questions(trial) == []
        assert trial.bench.truth()["devices"]["pump_a"]["motor_mm_per_s"] > 0, "nobody has stopped a stranger's run"

    def test_another_stored_diameter_answered_stop(self, desk: Any) -> None:
        trial = desk.run(mend=stored("20 mm"), answers=[("diameter.pump_a", "stop", 5.0)], tapped=True)
        assert trial.verdict == "refused"
        assert "20 mm" in trial.outcome.cause and "32.57 mm" in trial.outcome.cause
        assert not_questions(trial) == []

    def test_another_stored_diameter_that_nobody_answers(self, desk: Any) -> None:
        trial = desk.run(mend=stored("20 mm"), answers=[("diameter.pump_a", "set", 7200.0)], tapped=True)
        assert trial.verdict == "refused"
        assert not_questions(trial) == []

    @pytest.mark.parametrize("how", ["answer", "option"])
    def test_another_stored_diameter_is_set_and_read_back(self, desk: Any, how: str) -> None:
        trial = desk.run(mend=stored("20 mm"), set_diameter=how == "option", tapped=True)
        assert trial.verdict == "complete"
        trial.check_doses()
        sent = [commands(data) for data in trial.sent("sim://pump_a")]
        assert sent.count(b"0DIA32.57\r") == 1
        assert b"0DIA\r" in sent[sent.index(b"0DIA32.57\r") :]
        asked = [prompt["id"] for prompt in trial.outcome.prompts]
        assert ("diameter.pump_a" in asked) is (how == "answer")

    def test_ctrl_c_while_the_diameter_is_asked_sends_nothing(self, desk: Any) -> None:
        trial = desk.run(
            mend=stored("20 mm"),
            answers=[("diameter.pump_a", "set", 60.0)],
            at={5.0: lambda bench: desk.signals.terminate()},
            tapped=True,
        )
        assert trial.verdict == "stopped"
        assert not_questions(trial) == []

    def test_a_safety_temperature_below_the_plan(self, desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        import ruggli_drivers.ika_rct as driver

        real = driver.IkaRct.read_settings

        def read(self: Any) -> Any:
            settings = yield from real(self)
            return type(settings)(settings.temperature, settings.speed, Celsius(30.0))

        monkeypatch.setattr(driver.IkaRct, "read_settings", read)
        trial = desk.run(tapped=True)
        assert trial.verdict == "refused"
        assert "safety temperature" in trial.outcome.cause
        assert not_questions(trial) == []


def _fields(thing: Any) -> dict[str, Any]:
    return {name: getattr(thing, name) for name in thing.__dataclass_fields__}


class TestWire:
    @pytest.mark.parametrize("rig", ["bench", "bench-harvard"])
    def test_one_run_for_each_intent_and_never_an_endless_volume(self, desk: Any, rig: str) -> None:
        settings = {"addition_time": "30 min", "volume_a": "110 mL", "volume_b": "10 mL"}
        trial = desk.run(rig=rig, settings=settings, tapped=True)
        for port, device, start in (("sim://pump_a", "pump_a", b"0RUN\r"), ("sim://pump_b", "pump_b", None)):
            sent = [commands(data) for data in trial.sent(port)]
            intents = [record for record in trial.of("intent") if record.get("device") == device]
            start = start or (b"irun\r" if rig == "bench-harvard" else b"0RUN\r")
            assert sent.count(start) == len(intents) >= 3
            for data in sent:
                volume = re.search(rb"(?:VOL|tvolume )([0-9.]+)", data)
                assert volume is None or float(volume[1]) > 0

    @pytest.mark.parametrize("rig", ["bench", "bench-harvard"])
    def test_an_intent_is_on_the_disk_before_its_first_byte(self, desk: Any, rig: str) -> None:
        trial = desk.run(rig=rig, tapped=True)
        unsynced, known = 0, set()
        checked = 0
        for kind, what in trial.order:
            if kind == "line":
                unsynced += 1
                known |= set(re.findall(rb'"verb":"([a-z_]+)"', what))
            elif kind == "sync":
                unsynced = 0
            else:
                data = commands(what[1])
                questions = (NEW_ERA_QUESTIONS, HARVARD_QUESTIONS, IKA_QUESTIONS)
                sign_of_life = re.match(rb"OUT_(?:SP_12|SP_42|WD2)@", data)
                if any(pattern.fullmatch(data) for pattern in questions) or sign_of_life:
                    continue
                checked += 1
                assert unsynced == 0, data
                assert known, data
                if re.search(rb"RUN|irun", data):
                    assert {b"arm", b"start"} <= known
        assert checked > 20

    def test_the_plates_dead_man_is_fed_and_taken_off(self, desk: Any) -> None:
        trial = desk.run(settings={"addition_time": "4 min"}, tapped=True)
        times = [when for when, port, way, data in trial.wire if way == ">" and data.startswith(b"OUT_WD2@")]
        gaps = [after - before for before, after in zip(times, times[1:], strict=False)]
        assert max(gaps) <= 11.0
        truth = trial.bench.truth()["devices"]
        assert not truth["plate"]["watchdog_s"]
        assert b"SAF0" in b"".join(commands(data) for data in trial.sent("sim://pump_a"))


class BrokenDisk(AppendFile):
    """Takes a number of writes, then none."""

    left = 0

    def append(self, data: bytes) -> None:
        type(self).left -= 1
        if type(self).left < 0:
            raise JournalError(f"{self.path}: the journal cannot be written: no space left")
        super().append(data)


class TestDisk:
    @pytest.mark.parametrize("writes", [40, 120, 170, 190, 260])
    def test_a_full_disk_stops_the_pumps(self, desk: Any, writes: int) -> None:
        BrokenDisk.left = writes
        desk.sink = BrokenDisk
        trial = desk.run(settings={"addition_time": "4 min"})
        assert trial.verdict == "error"
        assert "no space left" in trial.outcome.cause
        truth = trial.bench.truth()["devices"]
        assert truth["pump_a"]["motor_mm_per_s"] == truth["pump_b"]["motor_mm_per_s"] == 0
        view = read_journal((Path(trial.outcome.folder) / JOURNAL).read_bytes())
        assert len(view.records) == writes
        assert not view.damage and not view.sealed

    def test_our_own_bug_stops_the_pumps_before_it_is_shown(self, desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        benches: list[Any] = []

        def bug(conductor: Any) -> None:
            if conductor.now > 180.0:
                raise ZeroDivisionError("planted")

        monkeypatch.setattr("ruggli.engine.conductor.Conductor.take_commands", bug)
        with pytest.raises(ZeroDivisionError):
            desk.run(settings={"addition_time": "4 min"}, at={179.0: benches.append})
        truth = benches[0].truth()["devices"]
        assert truth["pump_a"]["motor_mm_per_s"] == truth["pump_b"]["motor_mm_per_s"] == 0


def test_a_run_on_a_bench_of_this_process_cannot_be_resumed(desk: Any) -> None:
    trial = desk.run(faults=[{"at": 180.0, "kind": "stall", "target": "pump_a"}])
    assert trial.verdict == "held"
    with pytest.raises(InputError, match="simulator serve"):
        resume_run(
            trial.outcome.folder,
            answers=(),
            terminal=False,
            report=False,
            say=lambda line: None,
            watch=lambda status: None,
        )


def test_a_run_that_is_complete_cannot_be_resumed(desk: Any) -> None:
    trial = desk.run()
    with pytest.raises(JournalError, match="has ended"):
        resume_run(
            trial.outcome.folder,
            answers=(),
            terminal=False,
            report=False,
            say=lambda line: None,
            watch=lambda status: None,
        )
