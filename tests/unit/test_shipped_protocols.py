"""The protocols that ship: each loads without a remark, cites its source line by line, and bends by its parameters."""

from pathlib import Path

import pytest

from ruggli.documents.problem import ProblemsError
from ruggli.protocol.classes import effective_class
from ruggli.protocol.loader import ProtocolFile, read_protocol
from ruggli.protocol.model import Charge, Dose, Heat, Monitor, Portions, Protocol, Quench, Role, StepClass
from ruggli.protocol.stoichiometry import amount_of, volume_of

FOLDER = Path(__file__).parents[2] / "protocols"
SOURCE = "common side reactions in the synthesis of 1,4-diazepanes (BenchChem, 2026)"
LINES = {
    "amide-macrocyclisation": (*range(31, 33), *range(44, 47), 95, 101, 102),
    "rcm-high-dilution": range(130, 140),
    "reductive-amination": range(118, 125),
    "slow-addition": range(130, 140),
}
"""The lines of the source that describe each procedure: for the amide its advice, then protocols 2, 1, and 2 again."""
BLANK = {134}


def load(name: str, unattended: bool = False, /, **settings: str) -> ProtocolFile:
    path = FOLDER / f"{name}.yaml"
    return read_protocol(path.read_bytes(), str(path), settings, unattended=unattended)


def lines_of(protocol: Protocol) -> list[int]:
    return [int((step.source or "L0").removeprefix("L")) for step in protocol.steps]


def dose(protocol: Protocol, step_id: str) -> tuple[int, Dose]:
    return next((n, s) for n, s in enumerate(protocol.steps) if s.id == step_id and isinstance(s, Dose))


def test_every_protocol_in_the_folder_is_under_test() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.yaml")) == sorted(LINES)


@pytest.mark.parametrize("unattended", [False, True])
@pytest.mark.parametrize("name", LINES)
def test_it_loads_without_a_remark(name: str, unattended: bool) -> None:
    assert load(name, unattended).problems == ()


@pytest.mark.parametrize("name", LINES)
def test_every_step_cites_a_line_of_its_procedure(name: str) -> None:
    """But for steps of the amide, for which the source has no procedure, and which say so."""
    protocol = load(name).protocol
    assert protocol.source == SOURCE
    open_ended = {0} if name == "amide-macrocyclisation" else set()
    assert set(lines_of(protocol)) <= set(LINES[name]) - BLANK | open_ended
    for step in protocol.steps:
        assert step.source or "ot in the source." in (step.note or "")


@pytest.mark.parametrize("name", ["rcm-high-dilution", "reductive-amination"])
def test_every_instruction_of_the_procedure_is_in_a_step_or_a_solution(name: str) -> None:
    protocol = load(name).protocol
    solutions = {int((solution.source or "L0").removeprefix("L")) for solution in protocol.solutions.values()}
    heading = {132}  # "Prepare two separate solutions", which the next lines describe
    assert set(lines_of(protocol)) | solutions == set(LINES[name]) - BLANK - heading


@pytest.mark.parametrize("name", LINES)
def test_every_parameter_is_described_and_every_question_ends(name: str) -> None:
    protocol = load(name).protocol
    assert all(parameter.description for parameter in protocol.parameters.values())
    assert protocol.prompts.timeout is not None
    assert protocol.prompts.on_timeout is not None


def test_rcm_follows_the_procedure_in_order() -> None:
    lines = lines_of(load("rcm-high-dilution").protocol)
    assert lines[0] == 130
    assert lines[-1] == 139
    late = [line for line in lines if line >= 137]
    assert late == sorted(late)


def test_rcm_is_1_mmol_in_200_ml() -> None:
    protocol = load("rcm-high-dilution").protocol
    reagents = protocol.reagents
    assert amount_of(protocol, reagents["substrate"]) == pytest.approx(1.0)
    assert amount_of(protocol, reagents["grubbs_2"]) == pytest.approx(0.05)
    ruthenium = amount_of(protocol, reagents["grubbs_2"])
    scavenger = amount_of(protocol, reagents["triphenylphosphine"])
    assert ruthenium is not None and scavenger is not None and scavenger > 2 * ruthenium
    volumes = [volume_of(protocol, name) for name in ("substrate_solution", "catalyst_solution")]
    assert volumes == [30.0, 8.0]
    assert load("rcm-high-dilution").parameters["flask_volume"] == "162 mL"
    assert 162 + 30 + 8 == 200  # 1 mmol in 200 mL: 5 mM


def test_rcm_doses_both_solutions_together_at_reflux_under_argon() -> None:
    protocol = load("rcm-high-dilution").protocol
    index, addition = dose(protocol, "addition")
    assert addition.solutions == ("substrate_solution", "catalyst_solution")
    assert addition.chase is not None
    assert effective_class(protocol, index) is StepClass.FEED_AT_REFLUX
    ids = [step.id for step in protocol.steps]
    assert protocol.atmosphere is not None
    assert ids.index(protocol.atmosphere.start) < index
    assert ids.index(protocol.atmosphere.end) >= ids.index("completion")
    assert (
        ids.index("cool") < ids.index("scavenge") < ids.index("filter") < ids.index("concentrate") < ids.index("purify")
    )


@pytest.mark.parametrize(
    ("settings", "counts"),
    [
        ({"temperature": "40 degC", "solvent": "toluene"}, StepClass.FEED),
        ({"temperature": "25 degC"}, StepClass.FEED),
        ({"temperature": "25degC", "solvent": "toluene"}, StepClass.FEED),
        ({"solvent": "toluene"}, StepClass.FEED_AT_REFLUX),
        ({"temperature": "80 degC", "solvent": "toluene"}, StepClass.FEED_AT_REFLUX),
    ],
)
def test_rcm_below_reflux(settings: dict[str, str], counts: StepClass) -> None:
    file = load("rcm-high-dilution", **settings)
    index, _ = dose(file.protocol, "addition")
    assert effective_class(file.protocol, index) is counts
    assert [problem.code for problem in file.problems] == (["N-CLASS"] if counts is StepClass.FEED else [])


@pytest.mark.parametrize(
    "settings",
    [
        {"addition_time": "12h"},
        {"addition_time": "10 min", "hold_time": "1 min", "scavenger_time": "1 min"},
        {"catalyst": "hoveyda_grubbs_2", "loading": "2 mol%"},
        {"flask_volume": "62 mL"},
    ],
)
def test_rcm_bends_by_its_parameters(settings: dict[str, str]) -> None:
    assert load("rcm-high-dilution", **settings).problems == ()


def test_rcm_refuses_what_is_out_of_range() -> None:
    with pytest.raises(ProblemsError) as caught:
        load("rcm-high-dilution", addition_time="25 h", solvent="benzene", catalyst="grubbs_1")
    assert {problem.code for problem in caught.value.problems} == {"E-RANGE", "E-VALUE"}
    assert len(caught.value.problems) == 3


def test_amination_amounts() -> None:
    protocol = load("reductive-amination").protocol
    amounts = {name: amount_of(protocol, protocol.reagents[name]) for name in ("amine", "acetic_acid", "hydride")}
    assert amounts == pytest.approx({"amine": 10.0, "acetic_acid": 11.0, "hydride": 15.0})
    assert volume_of(protocol, "acid_solution") == pytest.approx(11.0)
    quench = volume_of(protocol, "saturated_bicarbonate")
    assert quench is not None and quench >= 37
    assert quench > 50  # more than one filling of either syringe of the built-in bench


def test_amination_adds_acid_before_hydride_and_asks_before_the_quench() -> None:
    protocol = load("reductive-amination").protocol
    ids = [step.id for step in protocol.steps]
    assert ids.index("stir") < ids.index("acidify") < ids.index("hydride") < ids.index("analysis") < ids.index("quench")
    portions = next(step for step in protocol.steps if isinstance(step, Portions))
    assert (portions.count, portions.interval.base, portions.gate.below.base) == (4, 900, 30)
    quench = next(step for step in protocol.steps if isinstance(step, Quench))
    assert quench.rate is not None and quench.gate.below.base == 30
    heat = next(step for step in protocol.steps if isinstance(step, Heat))
    assert heat.to != "reflux" and heat.to.base == 25


def test_amination_is_analysed_over_4_to_24_hours() -> None:
    file = load("reductive-amination")
    monitor = next(step for step in file.protocol.steps if isinstance(step, Monitor))
    wait = next(rule for rule in monitor.answers if rule.after is not None)
    assert wait.after is not None and wait.at_most is not None
    assert file.parameters["reaction_time"] == "4 h"
    assert 4 + wait.after.base / 3600 * wait.at_most == 24


def test_the_template_is_small_and_allows_three_minutes() -> None:
    file = load("slow-addition", addition_time="3min")
    assert file.parameters["addition_time"] == "3 min"
    assert [step.do for step in file.protocol.steps] == ["charge", "stir", "dose"]
    assert len(file.protocol.solutions) == 1
    assert [r.role for r in file.protocol.reagents.values() if r.role is not Role.SOLVENT] == [Role.SUBSTRATE]


def test_the_amide_claims_no_figure_of_the_source() -> None:
    """The source gives no times, temperatures, equivalents or concentrations for it."""
    protocol = load("amide-macrocyclisation").protocol
    figures = ("temperature", "flask_volume", "addition_time", "hold_time")
    assert all("not in the source" in protocol.parameters[name].description for name in figures)


@pytest.mark.parametrize("reagent", ["hatu", "hbtu", "pybop", "edc"])
@pytest.mark.parametrize("additive", ["oxyma", "hobt"])
def test_the_amide_takes_each_reagent_with_each_additive(reagent: str, additive: str) -> None:
    protocol = load("amide-macrocyclisation", coupling_reagent=reagent, additive=additive).protocol
    assert protocol.solutions["activated_solution"].solutes == ("substrate", additive, "weak_base", reagent)
    amounts = [amount_of(protocol, protocol.reagents[name]) for name in ("substrate", reagent, additive, "dipea")]
    assert amounts == pytest.approx([0.5, 0.525, 0.525, 2.5])


def test_the_amine_of_the_amide_is_a_salt_until_it_meets_the_base_in_the_flask() -> None:
    protocol = load("amide-macrocyclisation").protocol
    ids = [step.id for step in protocol.steps]
    assert ids.index("charge") < ids.index("preactivate") < ids.index("addition")
    assert "dipea" not in protocol.solutions["activated_solution"].solutes
    charge = protocol.steps[0]
    assert isinstance(charge, Charge) and [portion.what for portion in charge.contents] == ["dichloromethane", "dipea"]
