"""The program dies at any record of its journal, and is resumed on the same bench: never too much, and all of it.

Killed here means: an exception that nothing catches leaves the loop, no stop is sent, and the bench lives on for a
while. What the disk kept is everything, or only what was synced, with or without a torn record.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ruggli.app.connect import Lines
from ruggli.app.doors import Doors, simulated_ports
from ruggli.app.request import RunOutcome
from ruggli.app.run import resume
from ruggli.app.runs import JOURNAL
from ruggli.journal.reader import read_journal
from ruggli.quantities.base import Seconds
from ruggli.report.account import account_of
from ruggli.world.disk import AppendFile, cut_file
from ruggli.world.operator import ScriptedAnswer
from ruggli.world.ports import open_port
from ruggli.world.run_disk import ComputerDisk
from ruggli.world.tasks import Task, Wait

SETTINGS = {"addition_time": "1 min"}


class Killed(BaseException):
    """Nothing catches this."""


class DyingFile(AppendFile):
    """Kills the program after a number of records; knows how much of them is on the disk for sure."""

    lives = 0
    synced = 0

    def append(self, data: bytes) -> None:
        cls = DyingFile
        if cls.lives <= 0:
            raise Killed
        cls.lives -= 1
        super().append(data)

    def sync(self) -> None:
        DyingFile.synced = Path(self.path).stat().st_size


class DyingDisk(ComputerDisk):
    def append_to(self, path: str, *, new: bool) -> DyingFile:
        return DyingFile(path, new=new)


def sleep(loop: Any, seconds: float) -> Task[None]:
    yield Wait(Seconds(loop.now() + seconds))


class Crash:
    """One run, killed, and resumed on the same bench."""

    def __init__(self, desk: Any) -> None:
        self.desk = desk
        self.folder = ""

    def kill(self, records: int, *args: Any, run: Any = None, **more: Any) -> bool:
        """Run (as `Desk.run`, or another way) until the journal has so many records; False when it ended before."""
        DyingFile.lives, DyingFile.synced = records, 0
        self.desk.sink = DyingFile
        try:
            (run or self.desk.run)(*args, **more)
        except Killed:
            self.folder = str(max(Path(self.desk.runs).iterdir(), key=lambda path: path.stat().st_mtime_ns))
            return True
        return False

    @property
    def path(self) -> Path:
        return Path(self.folder) / JOURNAL

    def lose(self, disk: str) -> None:
        """What the disk has after the crash."""
        if disk != "all":
            cut_file(str(self.path), DyingFile.synced)
        if disk == "torn":
            with self.path.open("ab") as file:
                file.write(b'{"n":99,"t":12')

    def down(self, seconds: float, *, power_cut: bool = False) -> None:
        bench = self.desk.bench
        bench.advance()
        if power_cut:
            for device in bench.devices.values():
                device.power_cycle()
        loop = bench.timers
        loop.run(loop.spawn(sleep(loop, seconds)))
        bench.advance()

    def truth(self) -> dict[str, float]:
        held: dict[str, float] = self.desk.bench.truth()["vessels"]["flask"]["liquids_mL"]
        return held

    def resume(self, *answers: tuple[str, str], disk: ComputerDisk | None = None) -> RunOutcome:
        bench, desk = self.desk.bench, self.desk

        def opened(request: Any, stack: ExitStack) -> Doors:
            place = simulated_ports(bench, stack)
            loop = bench.timers.process()
            lines = Lines(loop, place, open_port)
            stack.callback(lines.close)
            return Doors(loop, lines, bench, disk or ComputerDisk())

        planned = [ScriptedAnswer(p.id, p.happy, Seconds(1.0)) for p in desk.request.plan.prompts]
        script = (*(ScriptedAnswer(a, b, Seconds(1.0)) for a, b in answers), *planned)
        request = replace(desk.request, answers=script, faults=())
        return resume(request, self.folder, lambda line: None, lambda status: None, opened)


@pytest.fixture
def crash(desk: Any) -> Iterator[Crash]:
    yield Crash(desk)


def check(crash: Crash, outcome: RunOutcome, planned: dict[str, float], *, exact: bool = True) -> None:
    held = crash.truth()
    assert outcome.verdict.value == "complete", outcome.cause
    for solution, volume in planned.items():
        assert held[solution] <= volume + 0.0011, (solution, held)
        if exact:
            assert held[solution] >= 0.995 * volume - 0.0021, (solution, held)
    for row in outcome.doses:
        low, high = row["delivered_mL"]
        assert low - 0.0021 <= row["truth_mL"] <= high + 0.0021, row
    view = read_journal(crash.path.read_bytes())
    assert view.sealed and not view.damage


DUAL = {"substrate_solution": 2.0, "catalyst_solution": 1.0}


@pytest.mark.parametrize("records", [*range(8, 40, 3), *range(160, 200, 2), *range(200, 270, 9)])
def test_killed_at_any_record_and_resumed(crash: Crash, records: int) -> None:
    if not crash.kill(records, settings=SETTINGS):
        pytest.fail("the run was over before")
    crash.down(3.0 + records % 7 * 3.0)
    check(crash, crash.resume(), DUAL)


@pytest.mark.parametrize("disk", ["synced", "torn"])
@pytest.mark.parametrize("records", [12, 30, *range(165, 200, 3), 215, 230])
def test_only_synced_records_survive_and_it_is_enough(crash: Crash, records: int, disk: str) -> None:
    if not crash.kill(records, settings=SETTINGS):
        pytest.fail("the run was over before")
    crash.lose(disk)
    crash.down(20.0)
    check(crash, crash.resume(), DUAL)


@pytest.mark.parametrize("records", [170, 176, *range(180, 196, 2), 210, 225])
@pytest.mark.parametrize("rig", ["bench", "bench-harvard"])
def test_a_power_cut_of_everything_is_asked_about(crash: Crash, records: int, rig: str) -> None:
    if not crash.kill(records, rig=rig, settings=SETTINGS):
        pytest.fail("the run was over before")
    crash.down(60.0, power_cut=True)
    left = crash.truth()
    known = {"pump_a": left.get("substrate_solution", 0.0), "pump_b": left.get("catalyst_solution", 0.0)}
    answers = [(f"add.doubt.{pump}", f"{volume:.4f} mL") for pump, volume in known.items()]
    check(crash, crash.resume(*answers), DUAL, exact=False)
    held = crash.truth()
    assert held["substrate_solution"] >= 0.985 * 2.0, "what is not asked about is less than 0.5 %, once for each cut"


@pytest.mark.parametrize("records", [170, 185, 200, 230])
def test_killed_twice(crash: Crash, records: int) -> None:
    if not crash.kill(records, settings=SETTINGS):
        pytest.fail("the run was over before")
    crash.down(5.0)
    DyingFile.lives = 12
    with pytest.raises(Killed):
        crash.resume(disk=DyingDisk())
    crash.down(5.0)
    check(crash, crash.resume(), DUAL)


@pytest.mark.parametrize("records", [*range(170, 290, 12)])
def test_killed_between_refills(crash: Crash, records: int) -> None:
    settings = {"addition_time": "10 min", "volume_a": "60 mL", "volume_b": "1 mL"}
    if not crash.kill(records, settings=settings):
        pytest.fail("the run was over before")
    crash.down(15.0)
    check(crash, crash.resume(), {"substrate_solution": 60.0, "catalyst_solution": 1.0})


@pytest.mark.parametrize("records", [*range(30, 1100, 107)])
def test_a_whole_protocol_killed_anywhere(crash: Crash, records: int) -> None:
    settings = {"acid_time": "3 min", "portion_interval": "1 min", "reaction_time": "1 min"}
    settings |= {"quench_rate": "2 mL/min", "quench_volume": "37 mL", "flask_volume": "50 mL"}
    if not crash.kill(records, "reductive-amination", settings=settings):
        pytest.fail("the run was over before")
    crash.down(10.0)
    outcome = crash.resume()
    check(crash, outcome, {"acid_solution": 11.0, "saturated_bicarbonate": 37.0})
    view = read_journal(crash.path.read_bytes())
    given = [record.data["portion"] for record in view.of("portion_given") if record.data["step"] == "hydride"]
    assert given == [1, 2, 3, 4]
    assert sorted(row["solution"] for row in outcome.doses) == ["acid_solution", "saturated_bicarbonate"]


def of_hydride(crash: Crash, kind: str) -> list[Any]:
    return [record.data for record in read_journal(crash.path.read_bytes()).of(kind)]


@pytest.mark.parametrize("disk", ["all", "synced", "torn"])
def test_killed_while_the_heat_of_a_portion_is_waited_for(crash: Crash, disk: str) -> None:
    """A cold flask: the heat had not come, and after the crash it is waited for anew before anything is added."""
    lines = [line["kind"] for line in crash.desk.portions(ambient="-10 degC").records]
    more = {"ambient": "-10 degC"}
    assert crash.kill(lines.index("portion_given") + 20, run=crash.desk.portions, **more)
    crash.lose(disk)
    crash.down(20.0)
    outcome = crash.resume()
    assert outcome.verdict.value == "held"
    assert [alarm["code"] for alarm in outcome.alarms][-1:] == ["A-NO-HEAT"]
    assert [data["portion"] for data in of_hydride(crash, "portion_given")] == [1]
    assert [data["what"] for data in of_hydride(crash, "portion_heat")] == ["not seen"]
    assert crash.desk.bench.truth()["vessels"]["flask"]["reaction"]["species_mmol"]["H"] <= 25.0


def test_killed_after_the_heat_was_seen_and_resumed_to_the_end(crash: Crash) -> None:
    lines = [line["kind"] for line in crash.desk.portions().records]
    assert crash.kill(lines.index("portion_heat") + 20, run=crash.desk.portions)
    crash.down(20.0)
    outcome = crash.resume()
    assert outcome.verdict.value == "complete", outcome.cause
    assert [data["portion"] for data in of_hydride(crash, "portion_given")] == [1, 2, 3]
    assert [(data["portion"], data["what"]) for data in of_hydride(crash, "portion_heat")] == [(1, "seen"), (2, "seen")]


def test_a_person_who_cannot_say_ends_it(crash: Crash) -> None:
    assert crash.kill(210, settings=SETTINGS)
    crash.down(60.0, power_cut=True)
    before = crash.truth()
    outcome = crash.resume()
    assert outcome.verdict.value in ("held", "stopped")
    assert crash.truth() == before


def test_another_diameter_after_the_crash_refuses_and_moves_nothing(crash: Crash) -> None:
    assert crash.kill(210, settings=SETTINGS)
    crash.down(20.0)
    crash.desk.bench.inject({"kind": "wrong-diameter", "target": "pump_a"})
    before = crash.truth()
    outcome = crash.resume()
    assert outcome.verdict.value == "refused"
    assert "diameter" in outcome.cause
    assert crash.truth() == before


@pytest.mark.parametrize("records", [165, 180, 195, 230, 250, 258])
@pytest.mark.parametrize("rig", ["bench", "bench-harvard"])
def test_killed_before_or_in_the_chase(crash: Crash, records: int, rig: str) -> None:
    chased = crash.desk.dual().replace("$addition_time\n", "$addition_time\n    chase: {solvent: toluene}\n")
    if not crash.kill(records, chased, rig=rig, settings=SETTINGS):
        pytest.fail("the run was over before")
    crash.down(20.0)
    check(crash, crash.resume(), DUAL)


@pytest.mark.parametrize("records", range(150, 320, 24))
def test_killed_between_portions_of_a_pump(crash: Crash, records: int) -> None:
    text = crash.desk.dual()
    start, end = text.index("  - id: add"), text.index("  - {id: rest")
    portions = "  - {id: add, do: portions, into: flask, what: substrate_solution, count: 4, interval: 20 s, "
    portions += "rate: 3 mL/min, gate: {below: 30 degC, hysteresis: 1 K}, class: portion_addition}\n"
    if not crash.kill(records, text[:start] + portions + text[end:], settings={"volume_a": "4 mL"}):
        pytest.fail("the run was over before")
    crash.down(20.0)
    check(crash, crash.resume(), {"substrate_solution": 4.0})


TWO_SAMPLES = (("look.conversion", "80 %"), ("look.2.conversion", "97 %"))


@pytest.mark.parametrize("disk", ["all", "torn"])
@pytest.mark.parametrize("back", [*range(2, 15), *range(313, 329, 2)])
def test_killed_anywhere_in_an_analysis(crash: Crash, disk: str, back: int) -> None:
    """No number twice, no analysis twice, and every sample has its results in the end."""
    text = crash.desk.sampled()
    whole = crash.desk.run(text, settings=SETTINGS, answers=TWO_SAMPLES)
    begin = next(n for n, row in enumerate(whole.records) if row["kind"] == "step" and row["step"] == "look")
    if not crash.kill(begin + back, text, settings=SETTINGS, answers=TWO_SAMPLES):
        pytest.fail("the run was over before")
    crash.lose(disk)
    crash.down(20.0)
    outcome = crash.resume(*TWO_SAMPLES)
    assert outcome.verdict.value == "complete", outcome.cause
    view = read_journal(crash.path.read_bytes())
    taken = [int(record.data["number"]) for record in view.of("aliquot")]
    told = [int(record.data["number"]) for record in view.of("analysis")]
    assert taken == told == list(range(1, len(taken) + 1))
    assert len(taken) == 2
    account = account_of(view)
    assert account.vessels[0].volumes[-1] == pytest.approx(43.0, abs=0.05)
