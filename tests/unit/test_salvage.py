"""`ruggli salvage`: how a broken run stands, against the bench's truth, and what its options promise, against runs."""

import json
from dataclasses import replace
from math import exp
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from ruggli.app.reporting import solve
from ruggli.app.salvage.closure import CONVERTED
from ruggli.app.salvage.find import Salvage, salvage
from ruggli.app.salvage.future import rest_of
from ruggli.app.salvage.option import Option, Standing
from ruggli.app.salvage.solver import greatest, least
from ruggli.app.salvage.stand import stand_of
from ruggli.chemistry.kinetics.parameters import catalyst_of
from ruggli.cli.program import run
from ruggli.cli.salvage_text import lines, salvage_as_json
from ruggli.cli.shapes import output_schema
from ruggli.errors import InputError
from ruggli.journal.reader import read_journal
from ruggli.quantities.base import Celsius, Millilitres, Seconds
from ruggli.report.account import account_of
from ruggli.report.reaction import reaction_request

JOURNAL = "journal.jsonl"
QUICK = ("--set", "addition_time=10min")
RESUMED = 300.0
"""Seconds after which the person of `resumed` answers."""


def dry_run(folder: Path, protocol: str, faults: str, answers: str = "", *options: str) -> Path:
    """The folder of a dry run that was broken."""
    (folder / "faults.yaml").write_text(faults, encoding="utf-8")
    words = ["simulate", protocol, "--faults", str(folder / "faults.yaml"), "--no-report", "--json"]
    words += ["--runs", str(folder / "runs"), *options]
    if answers:
        (folder / "answers.yaml").write_text(answers, encoding="utf-8")
        words += ["--answers", str(folder / "answers.yaml")]
    run(words)
    (found,) = (folder / "runs").iterdir()
    return found


@pytest.fixture(scope="module")
def stalled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The metathesis, held in the middle of its addition: the pump of the substrate has stalled."""
    folder = tmp_path_factory.mktemp("stalled")
    return dry_run(folder, "rcm-high-dilution", "- {at: 3 h, target: pump_a, kind: stall}\n")


@pytest.fixture(scope="module")
def resumed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, but the stall was mended and the run went on to its end."""
    folder = tmp_path_factory.mktemp("resumed")
    faults = "- {at: 3 h, target: pump_a, kind: stall, for: 30 s}\n"
    return dry_run(folder, "rcm-high-dilution", faults, "- {id: hold.1, answer: resume, after: 5 min}\n")


def records(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / JOURNAL).read_bytes().splitlines()]


def truth(folder: Path, vessel: str = "flask") -> Any:
    return next(row for row in reversed(records(folder)) if row["kind"] == "truth")["vessels"][vessel]


def cut(folder: Path, to: Path, count: int) -> Path:
    """A copy of a record that breaks off after `count` records, as a power cut leaves it."""
    to.mkdir(exist_ok=True)
    lines = (folder / JOURNAL).read_bytes().splitlines(keepends=True)
    (to / JOURNAL).write_bytes(b"".join(lines[:count]))
    return to


def number(folder: Path, kind: str, **data: Any) -> int:
    """Number of the first record of a kind with these data."""
    return next(int(row["n"]) for row in records(folder) if row["kind"] == kind and data.items() <= row.items())


def option(found: Salvage, id: str) -> Option:
    return next(option for option in found.options if option.id == id)


def ring(found: Salvage, id: str) -> float:
    expected = option(found, id).expected
    assert expected is not None
    return expected.ring.value


def test_what_is_in_holds_the_truth_of_the_bench(stalled: Path) -> None:
    found, real = salvage(str(stalled)), truth(stalled)
    inside = {row.reagent: row for row in found.stand.reagents}
    for reagent in ("substrate", "grubbs_2"):
        row = inside[reagent]
        assert row.low <= real["amounts_mmol"][reagent] <= row.high
        assert row.left == pytest.approx(row.planned - real["amounts_mmol"][reagent], abs=1e-3)
        assert row.high - row.low < 0.005 * row.planned
    assert inside["triphenylphosphine"].high == 0.0
    for feed in found.stand.feeds:
        assert feed.low <= real["liquids_mL"][feed.solution] <= feed.high
    assert found.stand.volume == pytest.approx(real["volume_mL"], abs=0.02)
    assert not found.stand.heating and found.stand.temperature == pytest.approx(real["temperature_degC"], abs=0.3)


def test_syringe_and_line_hold_the_rest(stalled: Path) -> None:
    """Of the simulated syringe: what it was filled with less what the motor has pushed."""
    devices = next(row for row in reversed(records(stalled)) if row["kind"] == "truth")["devices"]
    for feed in salvage(str(stalled)).stand.feeds:
        (line,), (syringe,) = devices[feed.device]["line"], devices[feed.device]["syringe"]["content"]
        assert (line["liquid"], syringe["liquid"], feed.not_loaded) == (feed.solution, feed.solution, 0.0)
        assert feed.in_line == pytest.approx(line["volume_mL"], abs=1e-3)
        assert feed.in_syringe == pytest.approx(syringe["volume_mL"], abs=0.02)


def test_nothing_is_moved_or_written(stalled: Path) -> None:
    before = {path.name: path.read_bytes() for path in stalled.iterdir()}
    assert run(["salvage", str(stalled)]) == 0
    assert {path.name: path.read_bytes() for path in stalled.iterdir()} == before


def test_going_on_comes_to_what_really_came(resumed: Path, tmp_path: Path) -> None:
    """The promise of `resume`, from the record up to the hold, and the report of the run that was resumed."""
    broken = cut(resumed, tmp_path / "broken", number(resumed, "state", to="held"))
    promised = option(salvage(str(broken), stood=Seconds(RESUMED)), "resume").expected
    asked = reaction_request(account_of(read_journal((resumed / JOURNAL).read_bytes())))
    assert asked is not None and promised is not None
    really = solve(asked[1])
    for species, band in really["yields"].items():
        assert promised.yields[species].value == pytest.approx(band["value"], abs=0.01)
        assert promised.yields[species].low == pytest.approx(band["low"], abs=0.02)
    assert promised.peak.value == pytest.approx(really["peak_M"]["value"], rel=0.02)
    assert promised.fed == pytest.approx(1.0, abs=0.002)


def test_options_differ_as_chemistry_wants(stalled: Path) -> None:
    found = salvage(str(stalled))
    ids = ["resume", "stop-feeding", "slower", "faster", "by-hand", "fresh-catalyst", "substrate-only"]
    assert [option.id for option in found.options] == ids
    expected = {option.id: option.expected for option in found.options if option.expected is not None}
    dimer = {id: told.coupled.value for id, told in expected.items()}
    assert dimer["by-hand"] > dimer["faster"] > dimer["resume"] > dimer["slower"]
    assert dimer["by-hand"] > 1.5 * dimer["resume"]
    whole = expected["stop-feeding"]
    assert whole.whole.value == pytest.approx(whole.yields["C"].value * 0.3205, rel=1e-3)
    assert ring(found, "stop-feeding") > 0.9 and whole.yields["M"].value < 0.05
    assert option(found, "by-hand").standing is Standing.NOT_ADVISED
    assert all(told.yields["C"].low <= told.yields["C"].value <= told.yields["C"].high for told in expected.values())


def test_fresh_catalyst_just_does_it(stalled: Path) -> None:
    fresh = option(salvage(str(stalled)), "fresh-catalyst")
    assert fresh.expected is not None and fresh.standing is Standing.POSSIBLE
    assert 1.0 - fresh.expected.yields["M"].value == pytest.approx(CONVERTED, abs=1e-5)
    assert any("RCM-16" in text for text in fresh.why)


def test_time_costs_catalyst(stalled: Path) -> None:
    """Two days cold: the catalyst in the flask and in its syringe has died by a part that is told."""
    fresh, old = salvage(str(stalled)), salvage(str(stalled), stood=Seconds(48 * 3600.0))
    assert fresh.partner is not None and old.partner is not None
    assert fresh.partner.value > 0.9 and old.partner.value < 0.7 * fresh.partner.value
    assert old.partner.low < old.partner.value < old.partner.high
    grubbs = catalyst_of("246047-72-3")
    assert grubbs is not None
    cold = exp(-grubbs.k_d(Celsius(20.0)).value * 48 * 3600.0)
    assert old.partner.value == pytest.approx(fresh.partner.value * cold, rel=1e-3), "at the room's temperature"
    assert any("reckoned at 20.0 degC for that time" in line for line in lines(old)), "and it is told"
    assert not any("for that time" in line for line in lines(fresh))
    assert salvage_as_json(old)["standing_degC"] == 20.0
    resume = option(old, "resume")
    assert resume.standing is Standing.NOT_ADVISED and any("half-lives" in text for text in resume.why)
    assert option(fresh, "resume").why == ()
    assert any("heater is off" in text for text in resume.do)


def test_a_killed_program_leaves_little_unknown(tmp_path: Path) -> None:
    """The pump ran on to its dead-man: by the record before the kill, and as its counter said at the resume."""
    faults = "- {at: 3 h, target: controller, kind: kill, for: 2 min}\n"
    whole = dry_run(tmp_path, "rcm-high-dilution", faults)
    session = number(whole, "session")
    after = [row for row in records(whole) if row["kind"] == "settled" and row["n"] > session]
    found = salvage(str(cut(whole, tmp_path / "broken", session - 1)))
    assert found.stand.account.verdict == "interrupted" and option(found, "resume").expected is not None
    for feed in found.stand.feeds:
        really = next(row for row in after if row["solution"] == feed.solution)["settled_mL"]
        assert feed.low <= really[0] and really[1] <= feed.high
        assert really[0] > feed.low + 0.5 * feed.held * 10.0, "it did run on"
        assert feed.high - feed.low < 0.005 * feed.planned


def test_what_is_not_known_is_asked_first(tmp_path: Path) -> None:
    """A fast addition whose record breaks off: in the time of the dead-man much may have flowed; a person must look."""
    whole = dry_run(tmp_path, "slow-addition", "- {at: 5 h, target: pump_a, kind: stall}\n", "", *QUICK)
    broken = cut(whole, tmp_path / "broken", number(whole, "started") + 60)
    found = salvage(str(broken))
    assert [option.id for option in found.options] == ["read-the-syringe"]
    (feed,) = found.stand.unknown
    assert 0.005 * feed.planned < feed.high - feed.low < 0.05 * feed.planned
    read = Millilitres(feed.low + 0.1)
    known = salvage(str(broken), delivered={feed.solution: read})
    assert option(known, "resume").standing is Standing.POSSIBLE
    assert (known.stand.feeds[0].low, known.stand.feeds[0].high) == (read, read)
    assert known.stand.volume == pytest.approx(50.0 + read)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--delivered", "substrate_solutoin=1 mL"], "did you mean substrate_solution"),
        (["--delivered", "substrate_solution=31 mL"], "not between 0 mL and the planned 30 mL"),
        (["--delivered", "substrate_solution=1 g"], "substrate_solution: "),
        (["--delivered", "substrate_solution"], "write --delivered SOLUTION=VOLUME"),
        (["--stood", "-1 h"], "--stood: "),
    ],
)
def test_wrong_words_are_refused(
    stalled: Path, words: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["salvage", str(stalled), *words]) != 0
    captured = capsys.readouterr()
    assert told in captured.out + captured.err


def test_a_record_of_an_older_version_is_refused_by_name(stalled: Path) -> None:
    account = account_of(read_journal((stalled / "journal.jsonl").read_bytes()))
    devices = [{key: value for key, value in row.items() if key != "room_degC"} for row in account.plan["devices"]]
    old = replace(account, plan={**account.plan, "devices": devices})
    with pytest.raises(InputError, match="older version of Ruggli.*`ruggli report`"):
        stand_of(old, Seconds(0.0), {})


def test_a_run_that_is_over_says_so(resumed: Path) -> None:
    found = salvage(str(resumed))
    assert found.options == () and "the reaction is over" in found.unpredicted


def test_json_is_what_the_schema_says(stalled: Path, resumed: Path, tmp_path: Path) -> None:
    whole = dry_run(tmp_path, "slow-addition", "- {at: 5 h, target: pump_a, kind: stall}\n", "", *QUICK)
    broken = cut(whole, tmp_path / "broken", number(whole, "started") + 60)
    for folder in (stalled, resumed, broken):
        data = json.loads(json.dumps(salvage_as_json(salvage(str(folder))), allow_nan=False))
        jsonschema.validate(data, output_schema("salvage"))
        assert set(data) == set(output_schema("salvage")["anyOf"][0]["required"])


@pytest.fixture(scope="module")
def unplugged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The reductive amination, held between two portions of the hydride: the hotplate was unplugged."""
    folder = tmp_path_factory.mktemp("unplugged")
    return dry_run(folder, "reductive-amination", "- {at: 55 min, target: plate, kind: unplug}\n")


def test_a_series_of_portions_that_broke_off(unplugged: Path) -> None:
    """What the model says of the record, against what the simulated flask held."""
    found, real = salvage(str(unplugged)), truth(unplugged)
    inside = {row.reagent: row for row in found.stand.reagents}
    assert (inside["hydride"].low, inside["hydride"].high, inside["hydride"].left) == (7.5, 7.5, 7.5)
    assert inside["amine"].low == pytest.approx(real["amounts_mmol"]["amine"])
    assert inside["acetic_acid"].low <= real["amounts_mmol"]["acetic_acid"] <= inside["acetic_acid"].high
    ids = ["resume", "stop-feeding", "at-once", "fresh-hydride", "quench"]
    assert [option.id for option in found.options] == ids
    assert any("portions 3 to 4 of 4, 15 min apart" in text for text in option(found, "resume").do)
    assert not any("bicarbonate" in text for text in option(found, "resume").do), "that is the work-up"
    third, fourth = rest_of(found.stand, {"hydride": "H"}).portions
    assert third.time == 0.0 and fourth.time - third.time >= 15 * 60.0 and fourth.amounts == {"H": 3.75}
    stop = option(found, "stop-feeding").expected
    assert stop is not None and stop.ring.value < 0.75, "0.75 eq of hydride"
    better = [ring(found, id) for id in ("resume", "fresh-hydride", "stop-feeding", "quench")]
    assert better == sorted(better, reverse=True) and better[0] > 0.93 and better[-1] < 0.5
    for told in (row.expected for row in found.options if row.expected is not None):
        assert told.left.high <= 1.0 and told.coupled.high <= 1.0, "a sum of parts has its own band"
    quench = option(found, "quench")
    assert quench.takes == 0.0 and any("carbon dioxide" in text for text in quench.why)
    assert option(found, "at-once").standing is Standing.NOT_ADVISED


def test_the_flask_now_is_that_of_the_bench(unplugged: Path, stalled: Path) -> None:
    """The simulated flask reacted with the same default constants; the record knows the pumps' counters alone."""
    for folder in (unplugged, stalled):
        found = salvage(str(folder))
        assert found.now is not None
        real = truth(folder)["reaction"]["species_mmol"]
        (units,) = (row.high for row in found.stand.reagents if row.reagent in ("amine", "substrate"))
        for species in ("C", "M", "P", "A", "I", "AL"):
            if species in found.now:
                assert found.now[species].value == pytest.approx(real[species] / units, abs=0.01)
        partner = "Ru" if "Ru" in real else "H"
        (given,) = (row.high for row in found.stand.reagents if row.reagent in ("grubbs_2", "hydride"))
        assert found.partner is not None
        assert found.partner.value == pytest.approx(real[partner] / given, abs=0.02)


def test_searches() -> None:
    assert least(lambda x: x >= 0.3, 1.0) == pytest.approx(0.3, abs=1e-6)
    assert (least(lambda x: True, 1.0), least(lambda x: False, 1.0)) == (0.0, None)
    assert greatest(lambda x: x <= 0.3, 1.0) == pytest.approx(0.3, abs=1e-6)
    assert (greatest(lambda x: True, 1.0), greatest(lambda x: False, 1.0)) == (1.0, None)


def test_without_a_reaction_there_are_amounts(tmp_path: Path) -> None:
    folder = dry_run(tmp_path, "slow-addition", "- {at: 30 min, target: pump_a, kind: stall}\n")
    found = salvage(str(folder))
    assert found.now is None and "no prediction" in found.unpredicted
    assert [option.id for option in found.options] == ["resume", "stop-feeding", "slower", "faster"]
    (feed,) = found.stand.feeds
    assert feed.low <= truth(folder)["liquids_mL"][feed.solution] <= feed.high
    with pytest.raises(InputError, match="no pump gives it"):
        salvage(str(folder), delivered={"toluene": Millilitres(1.0)})
