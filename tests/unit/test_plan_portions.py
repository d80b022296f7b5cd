"""What the planner says of portions, of a quench's gas, and of cyanoborohydride that meets acid."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from ruggli.chemistry.gas import quench_gas
from ruggli.chemistry.heat import HYDRIDE_STEP, adiabatic_rise, used_by_portions
from ruggli.devices.capability import DriverCard
from ruggli.documents.problem import Problem, ProblemsError, Severity
from ruggli.plan.confirmations import CONFIRMATION
from ruggli.plan.jsonable import plan_as_json
from ruggli.plan.make import make_plan
from ruggli.plan.model import DoseWork, OperatorWork, Plan, PortionsWork
from ruggli.plan.settings import PlanSettings
from ruggli.protocol.loader import read_protocol
from ruggli.protocol.model import OnTimeout
from ruggli.quantities.base import JoulesPerKelvin, Millilitres, MillilitresPerSecond, Millimoles, Molar
from ruggli.rig.loader import read_rig
from ruggli_drivers import ika_rct, new_era

SHIPPED = Path(__file__).parents[2] / "protocols"
CARDS: Mapping[str, DriverCard] = {module.CARD.name: module.CARD for module in (new_era, ika_rct)}
BENCH = (SHIPPED / "rigs" / "bench.yaml").read_text("utf-8")
RA = (SHIPPED / "reductive-amination.yaml").read_text("utf-8")

Edit = tuple[str, str]
GATE = "      hysteresis: 1 K\n    class: portion_addition\n"
RATE = "    rate: $quench_rate\n"
CYANO = ("name: sodium triacetoxyborohydride\n    role: reductant\n    cas: 56553-60-7",
         "name: NaBH3CN\n    role: reductant")  # fmt: skip
SOLVENT = ("name: 1,2-dichloroethane\n    role: solvent\n    cas: 107-06-2", "name: methanol\n    role: solvent")


def edited(text: str, edits: tuple[Edit, ...]) -> str:
    for old, new in edits:
        assert text.count(old) == 1, (text.count(old), old)
        text = text.replace(old, new)
    return text


def plan_of(*edits: Edit, vent: str = "", probe: str = "flask", unattended: bool = False, **settings: str) -> Plan:
    rig = BENCH.replace("probe: flask", f"probe: {probe}")
    rig = rig.replace("    condenser: true\n", f"    condenser: true\n    vent: {vent}\n") if vent else rig
    protocol = read_protocol(edited(RA, edits).encode(), "p.yaml", settings)
    return make_plan(protocol, read_rig(rig.encode(), "r.yaml"), CARDS, PlanSettings(unattended))


def one(plan: Plan, code: str) -> Problem:
    (found,) = [problem for problem in plan.problems if problem.code == code]
    assert found.line > 1 and found.column > 0 and found.file == "p.yaml"
    return found


def codes(plan: Plan) -> set[str]:
    return {problem.code for problem in plan.problems if problem.severity is not Severity.NOTE}


def portions(plan: Plan) -> PortionsWork:
    (work,) = [step.work for step in plan.steps if isinstance(step.work, PortionsWork)]
    return work


def gate(more: str) -> Edit:
    return GATE, GATE.replace("    class:", f"      {more}\n    class:")


def heat(rise: str = "0.5 K", within: str = "10 min") -> Edit:
    return GATE, GATE.replace("    class:", f"    heat: {{rise: {rise}, within: {within}}}\n    class:")


class TestHeat:
    def test_the_expected_rise_of_each_portion(self) -> None:
        """By hand: 3.75 mmol of 150 kJ/mol in 111 mL of 1.254 g/mL and 1.298 J/g/K; 2.5 mmol are left for the third."""
        plan = plan_of(heat())
        work = portions(plan).heat
        assert work is not None
        capacity = 111 * 1.254 * 1.298
        assert work.expected == pytest.approx((562.5 / capacity, 562.5 / capacity, 375.0 / capacity, 0.0))
        assert work.expected[0] == pytest.approx(3.11, abs=0.01)
        assert work.due == (True, True, True, False)
        assert (work.rise, work.within, work.kept_at) == (0.5, 600.0, 25.0)
        note = one(plan, "N-HEAT")
        assert "3.1 K (2.1 K to 4.2 K), the others by 3.1 K, 2.1 K, 0 K" in note.message
        assert "not watched: 4" in note.remedy

    def test_the_reference_figures(self) -> None:
        """chemistry.md B.9: 9.3 K at 0.1 M in DCE and 7.5 K in methanol for 150 kJ/mol."""
        for cp, density, rise in ((1.298, 1.246, 9.3), (2.531, 0.786, 7.5)):
            capacity = JoulesPerKelvin(100.0 * cp * density)
            assert adiabatic_rise(Millimoles(10.0), HYDRIDE_STEP, capacity) == pytest.approx(rise, abs=0.05)

    def test_hydride_in_excess_uses_no_more_substrate_than_there_is(self) -> None:
        assert used_by_portions(Millimoles(15.0), 4, Millimoles(10.0)) == (3.75, 3.75, 2.5, 0.0)
        assert used_by_portions(Millimoles(8.0), 2, Millimoles(10.0)) == (4.0, 4.0)

    @pytest.mark.parametrize(("rise", "found"), [("1.5 K", set()), ("1.6 K", {"W-HEAT-RISE"})])
    def test_a_rise_above_half_of_the_expected_is_told(self, rise: str, found: set[str]) -> None:
        assert codes(plan_of(heat(rise))) == found

    @pytest.mark.parametrize(
        ("rise", "within"), [("0.1 K", "10 min"), ("21 K", "10 min"), ("1 K", "30 s"), ("1 K", "3 h")]
    )
    def test_ranges(self, rise: str, within: str) -> None:
        with pytest.raises(ProblemsError) as caught:
            plan_of(heat(rise, within))
        assert [problem.code for problem in caught.value.problems] == ["E-RANGE"]

    def test_a_vessel_without_probe_cannot_be_watched(self) -> None:
        plan = plan_of(heat(), probe="none")
        (found,) = [problem for problem in plan.problems if problem.path == "steps[4].heat"]
        assert (found.code, found.value, found.bound) == ("E-INTERLOCK", "probe: none", "probe: flask")

    def test_nobody_knows_the_heat_of_another_reagent(self) -> None:
        plan = plan_of(heat(), ("sodium triacetoxyborohydride\n    role: reductant\n    cas: 56553-60-7",
                                "pinacolborane\n    role: reductant"))  # fmt: skip
        work = portions(plan).heat
        assert work is not None and work.expected == () and work.due == (True,) * 4
        assert "N-HEAT" not in {problem.code for problem in plan.problems}


class TestQuestions:
    def test_quiet_is_asked_before_all_but_the_first(self) -> None:
        asked = portions(plan_of(gate("quiet: ask"))).asked
        assert asked is not None
        assert [prompt.id for prompt in asked.prompts] == ["hydride.2.quiet", "hydride.3.quiet", "hydride.4.quiet"]
        plan = plan_of(gate("quiet: ask"))
        times = [prompt.when for prompt in plan.prompts if prompt.id.startswith("hydride.")]
        assert [prompt.id for prompt in plan.prompts if prompt.id.startswith("hydride.")] == [
            "hydride.1", "hydride.2.quiet", "hydride.2", "hydride.3.quiet", "hydride.3", "hydride.4.quiet", "hydride.4",
        ]  # fmt: skip
        assert times == sorted(times)
        step = next(step for step in plan.steps if step.id == "hydride")
        usual = next(step for step in plan_of().steps if step.id == "hydride")
        assert step.duration == usual.duration + 3 * 60.0

    def test_ph_means_nothing_in_dichloroethane(self) -> None:
        found = one(plan_of(gate("ph: {from: 4, to: 6}")), "E-PH")
        assert (found.value, found.path) == ("1,2-dichloroethane", "steps[4].gate.ph")
        assert "equivalents of acid" in found.remedy

    def test_ph_in_methanol(self) -> None:
        plan = plan_of(gate("ph: {from: 4, to: 6}"), SOLVENT)
        asked = portions(plan).asked
        assert "E-PH" not in codes(plan) and asked is not None
        assert (asked.lowest, asked.highest, asked.ph[0].happy, len(asked.ph)) == (4.0, 6.0, "5", 4)
        assert [asked.opens(asked.ph[0], text) for text in ("3.9", "4", "6", "6.1", "x")] == [
            False, True, True, False, None,
        ]  # fmt: skip

    def test_an_empty_window(self) -> None:
        with pytest.raises(ProblemsError) as caught:
            plan_of(gate("ph: {from: 6, to: 4}"))
        assert [problem.code for problem in caught.value.problems] == ["E-CONFLICT"]

    @pytest.mark.parametrize(("edit", "found"), [((), False), ((gate("quiet: ask"),), True)])
    def test_a_pump_asks_nobody_who_is_not_there(self, edit: tuple[Edit, ...], found: bool) -> None:
        """A solution of the hydride, whatever rule X-14 says of it: only the question is looked at."""
        slurry: tuple[Edit, ...] = (
            ("solutions:\n", "solutions:\n  slurry: {solutes: [hydride], solvent: dce, volume: 20 mL}\n"),
            ("    what: hydride\n", "    what: slurry\n    rate: 2 mL/min\n"),
            ("    duration: $reaction_time\n", "    duration: 4 h\n"),
        )
        plan = plan_of(*slurry[:2], *edit, unattended=True)
        told = [p for p in plan.problems if p.code == "E-INTERLOCK" and "asks a person" in p.message]
        assert bool(told) is found

    def test_files_without_the_new_keys_have_the_plan_that_they_had(self) -> None:
        told = plan_as_json(plan_of())
        steps = told["steps"]
        assert isinstance(steps, list)
        assert not {"asked", "heat"} & set(steps[4]["work"])


class TestVent:
    def test_the_gas_of_the_shipped_quench(self) -> None:
        """41 mmol of acid take up 37.3 mL of 1.1 M; 26.9 mL CO2 a mL, and 122 mL of hydrogen meanwhile."""
        gas = quench_gas(Molar(1.1), Millimoles(41.0), Millimoles(5.0), Millilitres(55.0))
        assert gas.until == pytest.approx(37.27, abs=0.01)
        assert gas.per_millilitre == pytest.approx(26.91 + 122.3 / 37.27, abs=0.01)

    @pytest.mark.parametrize(
        ("acid", "hydrogen", "each"), [(0.0, 0.0, 0.0), (0.0, 5.0, 122.33 / 55), (1e9, 0.0, 26.91)]
    )
    def test_its_corners(self, acid: float, hydrogen: float, each: float) -> None:
        gas = quench_gas(Molar(1.1), Millimoles(acid), Millimoles(hydrogen), Millilitres(55.0))
        assert gas.per_millilitre == pytest.approx(each, abs=0.01) and gas.until == 55.0

    def test_a_quench_faster_than_the_vent_is_refused_and_the_largest_rate_is_told(self) -> None:
        found = one(plan_of(vent="25 mL/min"), "E-VENT")
        assert found.value == "30.1 mL/min of gas at 1 mL/min" and "at most 25 mL/min" in found.bound
        assert "0.827 mL/min" in found.remedy
        assert "E-VENT" not in codes(plan_of(vent="25 mL/min", quench_rate="0.827 mL/min"))
        assert "E-VENT" in codes(plan_of(vent="25 mL/min", quench_rate="0.84 mL/min"))

    def test_a_little_head_space_is_a_warning(self) -> None:
        """250 mL of flask hold 111 mL and 37 mL of quench: 101.7 mL are left, 90.6 mL are needed at 1 mL/min."""
        assert codes(plan_of(vent="1 L/min")) == set()
        found = one(plan_of(vent="1 L/min", quench_rate="1.2 mL/min"), "W-HEADSPACE")
        assert found.value == "101.7 mL of 250 mL" and "108.7 mL" in found.bound

    def test_a_rig_that_does_not_say_it_is_not_checked(self) -> None:
        assert codes(plan_of(quench_rate="2 mL/min")) == set()

    @pytest.mark.parametrize(("vent", "wanted"), [("20 mL/min", 20.0), ("1 L/min", 101.7 / 3)])
    def test_by_vent_is_the_fastest_that_vent_and_head_space_bear(self, vent: str, wanted: float) -> None:
        unused = (RA[RA.index("  quench_rate:\n") : RA.index("  quench_volume:\n")], "")
        plan = plan_of((RATE, "    rate: by_vent\n"), unused, vent=vent)
        assert codes(plan) == set()
        work = plan.steps[8].work
        assert isinstance(work, DoseWork)
        gas = quench_gas(Molar(1.1), Millimoles(41.0), Millimoles(5.0), Millilitres(55.0))
        flow = gas.flow(work.feeds[0].rate.held) * 60.0
        assert flow == pytest.approx(wanted, rel=2e-3)

    def test_a_quench_meets_only_the_acid_that_a_base_has_left(self) -> None:
        """60 mmol of hydroxide before: none of the 41 mmol of acid is left, only hydrogen comes."""
        base = (reagents("\nreagents:\n" + SODA), put("soda", "quench"))
        assert one(plan_of(vent="20 mL/min"), "E-VENT").value.startswith("30.1 mL/min")
        assert "E-VENT" not in codes(plan_of(*base, vent="20 mL/min"))

    def test_by_vent_needs_the_vent(self) -> None:
        assert one(plan_of((RATE, "    rate: by_vent\n")), "E-MISSING").bound == "vent"

    def test_by_vent_needs_gas(self) -> None:
        water = (
            "    name: sodium bicarbonate\n    role: quench\n    cas: 144-55-8",
            "    name: sodium chloride\n    role: quench",
        )
        none_left = ("equivalents: 1.5 eq", "equivalents: 1.0 eq")
        plan = plan_of((RATE, "    rate: by_vent\n"), water, none_left, vent="20 mL/min")
        assert one(plan, "E-VENT").value == "by_vent"

    def test_a_vent_that_bears_next_to_nothing(self) -> None:
        plan = plan_of((RATE, "    rate: by_vent\n"), vent="1 mL/min")
        assert one(plan, "E-VENT").bound.startswith("at least 0.0763 mL/min")

    def test_by_vent_and_a_duration(self) -> None:
        with pytest.raises(ProblemsError) as caught:
            plan_of((RATE, "    rate: by_vent\n    duration: 1 h\n"))
        assert [problem.code for problem in caught.value.problems] == ["E-CONFLICT"]

    def test_by_hand_the_time_is_told(self) -> None:
        bare = BENCH.replace("to: flask", "to: waste").replace(
            "vessels:\n", "vessels:\n  waste: {capacity: 1 L, working_volume: 900 mL, stirred: false}\n")  # fmt: skip
        rig = bare.replace("    condenser: true\n", "    condenser: true\n    vent: 20 mL/min\n")
        protocol = read_protocol(edited(RA, ((RATE, "    rate: by_vent\n"),)).encode(), "p.yaml", {})
        plan = make_plan(protocol, read_rig(rig.encode(), "r.yaml"), CARDS, PlanSettings())
        work = plan.steps[8].work
        assert isinstance(work, OperatorWork) and "evenly over 1.3" in work.prompt.text

    def test_gas_of_a_rate(self) -> None:
        gas = quench_gas(Molar(1.1), Millimoles(41.0), Millimoles(0.0), Millilitres(55.0))
        wanted = MillilitresPerSecond(26.91 / 60.0)
        assert gas.fastest(wanted, Millilitres(1e6)) * 60.0 == pytest.approx(1.0, abs=1e-3)
        assert gas.fastest(MillilitresPerSecond(1e6), Millilitres(3 * 26.91)) * 60.0 == pytest.approx(1.0, abs=1e-3)


TFA = "\nreagents:\n  tfa: {name: TFA, role: reagent, molar_mass: 114.02 g/mol, equivalents: 5 eq}\n"
SODA = "  soda: {name: NaOH, role: base, molar_mass: 40.0 g/mol, equivalents: 6 eq}\n"


def put(what: str, before: str, vessel: str = "flask") -> Edit:
    where = f"  - id: {before}\n"
    return where, f"  - {{id: put_{what}, do: charge, vessel: {vessel}, contents: [{{what: {what}}}]}}\n\n{where}"


def reagents(text: str) -> Edit:
    return "\nreagents:\n", text


class TestCyanide:
    def test_acid_after_the_hydride_is_named_at_the_acid(self) -> None:
        found = one(plan_of(CYANO, reagents(TFA), put("tfa", "reaction")), "E-X-10")
        assert found.value == "NaBH3CN and TFA"
        assert found.path == "steps[5]"

    def test_hydride_after_the_acid_is_named_at_the_hydride(self) -> None:
        found = one(plan_of(CYANO, reagents(TFA), put("tfa", "stir")), "E-X-10")
        assert found.path == "steps[5]", "one step more stands before the hydride"

    def test_acid_that_was_taken_up_before_the_hydride_came(self) -> None:
        edits = (CYANO, reagents(TFA + SODA), ("  - id: stir\n", put("tfa", "stir")[1].replace(
            "  - id: stir\n", put("soda", "stir")[1])))  # fmt: skip
        assert "E-X-10" not in codes(plan_of(*edits))
        few = (*edits[:1], reagents(TFA + SODA.replace("6 eq", "4 eq")), *edits[2:])
        assert "E-X-10" in codes(plan_of(*few))

    def test_base_does_not_excuse_acid_that_comes_after_the_hydride(self) -> None:
        assert "E-X-10" in codes(plan_of(CYANO, reagents(TFA + SODA), put("soda", "stir"), put("tfa", "reaction")))

    def test_another_vessel_is_another_vessel(self) -> None:
        two = ("vessels:\n", "vessels:\n  other: {role: storage}\n")
        plan = plan_of(CYANO, reagents(TFA), two, put("tfa", "reaction", "other"))
        assert "E-X-10" not in codes(plan)

    def test_a_purified_product_has_none_of_it(self) -> None:
        last = RA[RA.index("    method: flash column") :]
        plan = plan_of(CYANO, reagents(TFA), (last, f"{last.rstrip()}\n\n{put('tfa', 'x')[1].split(chr(10))[0]}\n"))
        assert "E-X-10" not in codes(plan)

    def test_a_file_that_does_not_say_what_it_makes_is_judged_too(self) -> None:
        chemistry = (RA[RA.index("# Computed from the SMILES") : RA.index("prompts:\n")], "")
        plan = plan_of(CYANO, reagents(TFA), put("tfa", "reaction"), chemistry)
        assert codes(plan) == {"E-X-10"}

    def test_a_weak_acid_needs_a_typed_word_of_a_person(self) -> None:
        """Acetic acid is in the flask when the hydride comes: allowed, and dangerous."""
        plan = plan_of(CYANO)
        assert "E-X-10" not in codes(plan)
        for prompt in portions(plan).prompts:
            assert prompt.choices == (CONFIRMATION,) and prompt.happy == CONFIRMATION
            assert prompt.text.startswith("DANGER") and "hydrogen cyanide" in prompt.text and prompt.acts
        others = [prompt for prompt in plan.prompts if not prompt.id.startswith("hydride.")]
        assert not any(CONFIRMATION in prompt.choices for prompt in others)

    def test_a_pump_that_brings_the_acid_is_filled_only_after_that_word(self) -> None:
        text = RA[RA.index("  # The acid goes in before") : RA.index("  - id: hydride\n")]
        second = RA[RA.index("  - id: hydride\n") : RA.index("  - id: reaction\n")]
        plan = plan_of(CYANO, (text + second, second + text))
        acid = next(step.work for step in plan.steps if step.id == "acidify")
        assert isinstance(acid, DoseWork)
        asked = [prompt for segment in acid.segments for prompt in segment.prompts]
        assert asked and all(prompt.choices == (CONFIRMATION,) for prompt in asked)
        assert all(prompt.choices == ("done",) for prompt in portions(plan).prompts)

    def test_silence_is_no_word(self) -> None:
        late = reagents("\nreagents:\n  more: {name: AcOH, role: acid, molar_mass: 60.05 g/mol, equivalents: 1 eq}\n")
        where, extra = put("more", "reaction")
        plan = plan_of(CYANO, late, (where, extra.replace("vessel: flask", "on_timeout: continue, vessel: flask")))
        work = next(step.work for step in plan.steps if step.id == "put_more")
        assert isinstance(work, OperatorWork)
        assert work.prompt.choices == (CONFIRMATION,) and work.prompt.on_timeout is OnTimeout.HOLD
