"""Every rule of the chemistry that a file can be checked against: an edit that breaks it, and one that keeps it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ruggli.chemistry.compounds import COMPOUNDS, compound_named
from ruggli.chemistry.rules.book import CHECKED_FOR, RULES
from ruggli.chemistry.rules.facts import Closure, Facts
from ruggli.chemistry.rules.rule import Breach, Cause, Rule, Unchecked
from ruggli.chemistry.structures.find import find_structures
from ruggli.chemistry.structures.interface import Structures
from ruggli.devices.capability import DriverCard
from ruggli.documents.problem import Problem, ProblemsError, Severity
from ruggli.plan.make import make_plan
from ruggli.plan.settings import PlanSettings
from ruggli.protocol.loader import read_protocol
from ruggli.rig.loader import read_rig
from ruggli_drivers import ika_rct, new_era

SHIPPED = Path(__file__).parents[2] / "protocols"
CARDS: Mapping[str, DriverCard] = {module.CARD.name: module.CARD for module in (new_era, ika_rct)}
BENCH = (SHIPPED / "rigs" / "bench.yaml").read_text("utf-8")
RCM = (SHIPPED / "rcm-high-dilution.yaml").read_text("utf-8")
RA = (SHIPPED / "reductive-amination.yaml").read_text("utf-8")
RING = (SHIPPED / "amide-macrocyclisation.yaml").read_text("utf-8")
AMIDE = """\
ruggli: 1
name: coupling
chemistry: {ring_closure: amide, ring_size: 7}
reagents:
  acid: {name: an acid, role: substrate, smiles: "C[C@H](N)C(=O)O", molar_mass: 89.09 g/mol, limiting: true, amount: 1 mmol}
  amine: {name: an amine, role: substrate, molar_mass: 87.12 g/mol, equivalents: 1 eq}
  coupler: {name: HATU, role: reagent, molar_mass: 380.23 g/mol, equivalents: 1.1 eq}
  helper: {name: HOBt, role: additive, molar_mass: 135.12 g/mol, equivalents: 1.1 eq}
  base: {name: DIPEA, role: base, molar_mass: 129.24 g/mol, density: 0.742 g/mL, equivalents: 2 eq}
  dcm: {name: dichloromethane, role: solvent}
vessels:
  flask: {role: reaction}
steps:
  - {id: acid, do: charge, vessel: flask, contents: [{what: dcm, volume: 100 mL}, {what: acid}, {what: base}]}
  - {id: activate, do: charge, vessel: flask, contents: [{what: coupler}, {what: helper}]}
  - {id: join, do: charge, vessel: flask, contents: [{what: amine}]}
  - {id: filter, do: filter, vessel: flask, remove: the urea}
"""  # noqa: E501
BASES = {"rcm": RCM, "ra": RA, "amide": AMIDE, "ring": RING}

Edit = tuple[str, str]


def step(text: str, name: str) -> str:
    """The text of one step of a shipped file, with the comment above it left where it is."""
    start = text.index(f"  - id: {name}\n")
    end = text.find("\n\n", start)
    return text[start:] if end < 0 else text[start : end + 2]


def without(base: str, name: str) -> Edit:
    return step(BASES[base], name), ""


def swapped(base: str, first: str, second: str) -> Edit:
    """Two steps that follow each other (with the comments between), the other way round."""
    text = BASES[base]
    a, b = step(text, first), step(text, second)
    whole = text[text.index(a) : text.index(b) + len(b)]
    return whole, b.rstrip("\n") + "\n\n" + a


def chemistry(line: str) -> Edit:
    """One more line in the key `chemistry` of a shipped file."""
    return "  ring_size: 7\n", f"  ring_size: 7\n  {line}\n"


def nitrogens(words: str) -> Edit:
    return chemistry(f"nitrogens: [{words}]")


def charged(base: str, name: str, reagent: str, vessel: str = "flask") -> tuple[Edit, Edit]:
    """A reagent, and a step that charges it before the named step."""
    where = f"  - id: {name}\n"
    extra = f"  - {{id: extra, do: charge, vessel: {vessel}, contents: [{{what: extra}}]}}\n\n{where}"
    return ("\nreagents:\n", f"\nreagents:\n  extra: {reagent}\n"), (where, extra)


def removing(group: str, *edits: Edit) -> tuple[Edit, ...]:
    """`charged`, where the step is there to take a group off."""
    return tuple(
        (old, new.replace("[{what: extra}]}", f"[{{what: extra}}], removes: [{group}]}}")) for old, new in edits
    )


@dataclass(frozen=True)
class Case:
    """A rule, and how it is broken and kept: edits of the text of `base`, parameters, edits of the bench."""

    rule: str
    base: str
    code: str
    edits: tuple[Edit, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict)
    rig: tuple[Edit, ...] = ()
    kept: tuple[Edit, ...] = ()
    kept_settings: Mapping[str, str] = field(default_factory=dict)


TFA = "{name: TFA, role: reagent, molar_mass: 114.02 g/mol, equivalents: 5 eq}"
PALLADIUM = "{name: Pd/C, role: reagent, molar_mass: 106.42 g/mol, equivalents: 0.1 eq}"
HCL = "{name: HCl, role: reagent, molar_mass: 36.46 g/mol, equivalents: 5 eq}"
PIPERIDINE = "{name: piperidine, role: reagent, molar_mass: 85.15 g/mol, equivalents: 5 eq}"
LAH = "{name: LiAlH4, role: reductant, molar_mass: 37.95 g/mol, equivalents: 5 eq}"
PYBOP, EDC = {"coupling_reagent": "pybop"}, {"coupling_reagent": "edc"}
FREE_CHAIN = ("nitrogens: [salt, Cbz]", "nitrogens: [free, Cbz]")
BOC_BOTH = ("nitrogens: [salt, Cbz]", "nitrogens: [salt, Boc]")
CHAIN_BOC_CBZ = ("nitrogens: [salt, Cbz]", "nitrogens: [Boc, Cbz]")
DEPROTECTED = (("  - id: preactivate\n", "  - {id: unmask, do: operator, text: HCl in dioxane takes Boc., removes: "
                "[Boc]}\n\n  - id: preactivate\n"),)  # fmt: skip
WITH_REAGENT = ("      - what: dipea\n", "      - what: dipea\n      - what: $coupling_reagent\n")
AMINE = "{name: triethylamine, role: additive, molar_mass: 101.19 g/mol, equivalents: 1 eq}"
QUINONE = "{{name: benzoquinone, role: additive, molar_mass: 108.10 g/mol, mole_percent: {} mol%}}"
CYANO = ("name: sodium triacetoxyborohydride\n    role: reductant\n    cas: 56553-60-7",
         "name: NaBH3CN\n    role: reductant")  # fmt: skip
TOLUENE = {"solvent": "toluene"}
COOL_TOLUENE = {"solvent": "toluene", "temperature": "40 degC"}
CHARGE_A = ("        volume: $flask_volume\n", "        volume: $flask_volume\n      - what: {}\n")
BOTH = "solutions: [substrate_solution, catalyst_solution]"
SECOND = """
  - {id: second, do: dose, into: flask, solutions: [catalyst_solution], class: feed_at_reflux, duration: 6 h}

  - id: completion
"""
CATALYST_SOLUTION = RCM[RCM.index("  catalyst_solution:\n") : RCM.index("vessels:\n")]
ACETIC_STEP = RA[RA.index("  # The acid goes in before the hydride.\n") : RA.index("  - id: hydride\n")]
HYDRIDE_SOLUTION = ("solutions:\n", "solutions:\n  slurry: {solutes: [hydride], solvent: dce, volume: 20 mL}\n")
NO_CONDENSER = ("    condenser: true\n    dried", "    dried")

EARLY = ((", {what: base}]", ", {what: base}, {what: amine}]"),
         ("{what: amine}]}\n  - {id: f", "{what: dcm, volume: 1 mL}]}\n  - {id: f"))  # fmt: skip
HEAT_LATER = "\n  - {id: hotter, do: heat, vessel: flask, to: 60 degC}\n\n  - id: completion\n"

CASES = (
    Case("RCM-01", "rcm", "E-RCM-01", settings={"flask_volume": "61 mL"}, kept_settings={"flask_volume": "62 mL"}),
    Case("RCM-02", "rcm", "W-RCM-02", settings={"flask_volume": "963 mL"}, kept_settings={"flask_volume": "962 mL"}),
    Case("RCM-03", "rcm", "E-RCM-03", ((BOTH, "solutions: [catalyst_solution]"),
         (CHARGE_A[0], CHARGE_A[1].format("substrate_solution")))),
    Case("RCM-03", "rcm", "E-RCM-03", (chemistry("substrate: hoveyda_grubbs_2"),)),
    Case("RCM-03", "rcm", "E-RCM-03", ((BOTH, "solutions: [substrate_solution]\n    volume: 29 mL"),
         (CHARGE_A[0], CHARGE_A[1].format("substrate_solution\n        volume: 1 mL")))),
    Case("RCM-04", "rcm", "W-RCM-04", settings={"addition_time": "3.99 h"}, kept_settings={"addition_time": "4 h"}),
    Case("RCM-04", "rcm", "W-RCM-04", settings={"addition_time": "12.01 h"}, kept_settings={"addition_time": "12 h"}),
    Case("RCM-05", "rcm", "E-RCM-05", ((CATALYST_SOLUTION, ""), (BOTH, "solutions: [substrate_solution]"),
         ("solutes: [substrate]", "solutes: [substrate, $catalyst]"))),
    Case("RCM-05", "rcm", "W-RCM-05", ((BOTH, "solutions: [substrate_solution]"),
         (CHARGE_A[0], CHARGE_A[1].format("catalyst_solution")))),
    Case("RCM-06", "rcm", "N-RCM-06", ((BOTH, "solutions: [substrate_solution]"), ("\n  - id: completion\n", SECOND))),
    Case("RCM-07", "rcm", "W-RCM-07", rig=(("size: 25 mL}", "size: 25 mL, gas_tight: false}"),)),
    Case("RCM-08", "rcm", "E-RCM-08", (without("rcm", "degas"),)),
    Case("RCM-08", "rcm", "E-RCM-08", (without("rcm", "degas"), ("\n  - id: completion\n", "\n" + step(RCM, "degas")
         + "  - id: completion\n"))),
    Case("RCM-09", "rcm", "W-RCM-09", (("duration: 30 min\n    note: All", "duration: 29 min\n    note: All"),)),
    Case("RCM-10", "rcm", "E-RCM-10", (("what: [$solvent]", "what: [substrate_solution, catalyst_solution]"),),
         kept=(("what: [$solvent]", "what: [$solvent, flask]"),)),
    Case("RCM-10", "rcm", "E-RCM-10", (("what: [$solvent]", "what: [flask]"),)),
    Case("RCM-11", "rcm", "N-RCM-11", (("name: toluene\n    role: solvent\n    cas: 108-88-3",
         "name: chloroform\n    role: solvent"),), TOLUENE, kept_settings=TOLUENE),
    Case("RCM-12", "rcm", "W-RCM-12", (("    dried: true\n", ""),)),
    Case("RCM-13", "rcm", "E-RCM-13", (("  end: analysis\n", "  end: addition\n"),),
         kept=(("  end: analysis\n", "  end: completion\n"),)),
    Case("RCM-13", "rcm", "E-RCM-13", (("  start: setup\n", "  start: stir\n"),)),
    Case("RCM-14", "rcm", "W-RCM-14", (NO_CONDENSER,), rig=(("    condenser: true\n", ""),)),
    Case("RCM-15", "rcm", "E-RCM-15", (without("rcm", "charge"),), {"temperature": "25 degC"}),
    Case("RCM-16", "rcm", "W-RCM-16", settings={"loading": "0.9 mol%"}, kept_settings={"loading": "1 mol%"}),
    Case("RCM-16", "rcm", "W-RCM-16", settings={"loading": "5.1 mol%"}),
    Case("RCM-16", "rcm", "W-RCM-16", ((BOTH, "solutions: [substrate_solution]"),)),
    Case("RCM-17", "rcm", "N-RCM-17", (("    volume: 8 mL", "    volume: 10 mL"),),
         kept=(("    volume: 8 mL", "    volume: 9.9 mL"),)),
    Case("RCM-18", "rcm", "W-RCM-18", settings={"solvent": "toluene", "temperature": "46 degC"},
         kept_settings={"solvent": "toluene", "temperature": "45 degC"}),
    Case("RCM-18", "rcm", "W-RCM-18", (("\n  - id: completion\n", HEAT_LATER),), COOL_TOLUENE,
         kept_settings=COOL_TOLUENE),
    Case("RCM-19", "rcm", "N-RCM-19", settings=COOL_TOLUENE, kept_settings={"temperature": "25 degC"}),
    Case("RCM-20", "rcm", "N-RCM-20", kept_settings={"temperature": "25 degC", "addition_time": "5.9 h"}),
    Case("RCM-20", "rcm", "N-RCM-20", settings={"temperature": "25 degC"},
         kept=charged("rcm", "stir", QUINONE.format(5))),
    Case("RCM-22", "rcm", "E-RCM-22", (nitrogens("free, Ts"),), kept=(nitrogens("Ts, Ts"),)),
    Case("RCM-24", "rcm", "E-RCM-24", (nitrogens("Ts, Bn"),), kept=(nitrogens("amide, Boc"),)),
    Case("RCM-25", "rcm", "W-RCM-25", settings={"hold_time": "59 min"}, kept_settings={"hold_time": "1 h"}),
    Case("RCM-25", "rcm", "N-RCM-25", settings={"hold_time": "2.1 h"}, kept_settings={"hold_time": "2 h"}),
    Case("RCM-26", "rcm", "W-RCM-26", (without("rcm", "analysis"), ("end: analysis", "end: completion"))),
    Case("RCM-27", "rcm", "W-RCM-27", (("    to: 30 degC", "    to: 31 degC"),)),
    Case("RCM-28", "rcm", "W-RCM-28", (without("rcm", "scavenge"),)),
    Case("RCM-29", "rcm", "W-RCM-29", settings={"scavenger_time": "1.9 h"}, kept_settings={"scavenger_time": "2 h"}),
    Case("RCM-29", "rcm", "W-RCM-29", settings={"scavenger_time": "4.1 h"}, kept_settings={"scavenger_time": "4 h"}),
    Case("RCM-30", "rcm", "E-RCM-30", (swapped("rcm", "filter", "concentrate"),)),
    Case("RA-01", "ra", "W-RA-01", settings={"flask_volume": "201 mL"}, kept_settings={"flask_volume": "200 mL"}),
    Case("RA-01", "ra", "W-RA-01", settings={"flask_volume": "49 mL"}, kept_settings={"flask_volume": "50 mL"}),
    Case("RA-02", "ra", "E-RA-02", (chemistry("substrate: acetic_acid"),)),
    Case("RA-03", "ra", "N-RA-03", (("name: 1,2-dichloroethane\n    role: solvent\n    cas: 107-06-2",
         "name: tetrahydrofuran\n    role: solvent"),)),
    Case("RA-04", "ra", "W-RA-04", (("equivalents: 1.1 eq", "equivalents: 0.9 eq"),),
         kept=(("equivalents: 1.1 eq", "equivalents: 1.0 eq"),)),
    Case("RA-04", "ra", "E-RA-04", ((ACETIC_STEP, ""),)),
    Case("RA-04", "ra", "W-RA-04", (("    name: acetic acid\n    role: acid\n    cas: 64-19-7",
         "    name: propionic acid\n    role: acid"),)),
    Case("RA-05", "ra", "E-RA-05", (swapped("ra", "acidify", "hydride"),)),
    Case("RA-06", "ra", "W-RA-06", (("equivalents: 1.5 eq", "equivalents: 1.3 eq"),),
         kept=(("equivalents: 1.5 eq", "equivalents: 1.4 eq"),)),
    Case("RA-06", "ra", "E-RA-06", (("equivalents: 1.5 eq", "equivalents: 0.9 eq"),)),
    Case("RA-07", "ra", "W-RA-07", ((CYANO[0], "name: sodium borohydride\n    role: reductant"),), kept=(CYANO,)),
    Case("RA-07", "ra", "W-RA-07", (without("ra", "hydride"),)),
    Case("RA-09", "ra", "E-RA-09", (("    count: 4", "    count: 1"),), kept=(("    count: 4", "    count: 2"),)),
    Case("RA-10", "ra", "E-RA-10", ((step(RA, "hydride"), "  - {id: rest, do: stir, vessel: flask, speed: off}\n\n"
         "  - {id: hydride, do: charge, vessel: flask, contents: [{what: hydride}]}\n\n"
         "  - {id: again, do: stir, vessel: flask, speed: 400 rpm}\n\n"),)),
    Case("RA-11", "ra", "W-RA-11", (("    to: 25 degC", "    to: 14 degC"),),
         kept=(("    to: 25 degC", "    to: 15 degC"),)),
    Case("RA-12", "ra", "E-RA-12", (("vented: true", "vented: false"),)),
    Case("RA-13", "ra", "W-RA-13", settings={"reaction_time": "3.9 h"}, kept_settings={"reaction_time": "24 h"}),
    Case("RA-14", "ra", "W-RA-14", ((step(RA, "analysis"), "  - {id: look, do: operator, text: Is it done?}\n\n"),)),
    Case("RA-15", "ra", "E-RA-15", (without("ra", "analysis"),),
         kept=((step(RA, "analysis"), "  - {id: look, do: operator, text: Is it done?}\n\n"),)),
    Case("RA-16", "ra", "E-RA-16", ((step(RA, "quench"),
         "  - {id: quench, do: charge, vessel: flask, contents: [{what: saturated_bicarbonate}]}\n\n"),)),
    Case("RA-16", "ra", "W-RA-16", (("name: sodium bicarbonate\n    role: quench\n    cas: 144-55-8",
         "name: ammonium chloride\n    role: quench"),)),
    Case("RA-17", "ra", "W-RA-17", (("    times: 3", "    times: 2"),), kept=(("    times: 3", "    times: 4"),)),
    Case("RA-17", "ra", "W-RA-17", (("    solvent: dichloromethane\n", "    solvent: dce\n"),)),
    Case("RA-18", "ra", "W-RA-18", (swapped("ra", "dry", "filter"),)),
    Case("RA-21", "ra", "W-RA-21", (nitrogens("free, free"),), kept=(nitrogens("free, Boc"),)),
    Case("AC-01", "amide", "E-AC-01", EARLY),
    Case("AC-01", "amide", "W-AC-01", (("name: HATU", "name: PyBOP"), *EARLY), kept=(("name: HATU", "name: PyBOP"),)),
    Case("AC-02", "amide", "E-AC-02", (("name: HATU", "name: DIC"), (", {what: helper}", "")),
         kept=(("name: HATU", "name: DIC"),)),
    Case("AC-02", "amide", "W-AC-02", (("name: HATU", "name: DIC"), (", {what: helper}", ""), ("[C@H]", "C"))),
    Case("AC-03", "amide", "W-AC-03", (("name: HATU", "name: DCC"),),
         kept=(("name: HATU", "name: DCC"), ("[C@H]", "C"))),
    Case("AC-05", "amide", "W-AC-05", ((", {what: base}", ""),)),
    Case("AC-05", "amide", "W-AC-05", (("name: DIPEA", "name: piperidine"),)),
    Case("AC-06", "amide", "E-AC-06", EARLY),
    Case("AC-07", "amide", "N-AC-07", (("name: HATU", "name: DCC"),
         ("  - {id: filter, do: filter, vessel: flask, remove: the urea}\n", "")), kept=(("name: HATU", "name: DCC"),)),
    Case("AC-01", "ring", "E-AC-01", (FREE_CHAIN,)),
    Case("AC-01", "ring", "W-AC-01", (FREE_CHAIN,), PYBOP, kept_settings=PYBOP),
    Case("AC-06", "ring", "E-AC-06", (FREE_CHAIN,), kept=(("nitrogens: [salt, Cbz]", "nitrogens: [other, Cbz]"),)),
    Case("AC-06", "ring", "E-AC-06", (("weak_base, $coupling_reagent]", "dipea, $coupling_reagent]"),
         ("      - what: dipea\n", ""))),
    Case("AC-06", "ring", "E-AC-06", (("weak_base, $coupling_reagent]", "weak_base]"), WITH_REAGENT)),
    Case("AC-06", "ring", "E-AC-06", (CHAIN_BOC_CBZ, *DEPROTECTED, ("weak_base, $coupling_reagent]",
         "dipea, $coupling_reagent]"), ("      - what: dipea\n", "")), kept=(CHAIN_BOC_CBZ, *DEPROTECTED)),
    Case("AC-06", "ring", "E-AC-06", (("nitrogens: [salt, Cbz]", "nitrogens: [Fmoc, Cbz]"),
         (DEPROTECTED[0][0], DEPROTECTED[0][1].replace("Boc", "Fmoc")))),
    Case("AC-05", "ring", "W-AC-05", (CHAIN_BOC_CBZ, *DEPROTECTED, ("      - what: dipea\n", ""))),
    Case("AC-06", "ring", "E-AC-06", (FREE_CHAIN,), kept=((step(RING, "addition"),
         "  - {id: addition, do: charge, vessel: flask, contents: [{what: activated_solution}]}\n\n"),)),
    Case("AC-04", "ring", "N-AC-04", (chemistry("hindered: true"),), EDC, kept_settings=EDC),
    Case("AC-04", "ring", "N-AC-04", (chemistry("hindered: true"),), EDC, kept=(chemistry("hindered: true"),)),
    Case("AC-05", "ring", "W-AC-05", (("      - what: dipea\n", ""),), PYBOP),
    Case("AC-05", "ring", "W-AC-05", (("name: N-methylmorpholine\n    role: base\n    cas: 109-02-4",
         "name: morpholine\n    role: base"),),
         kept=(("name: N-methylmorpholine\n    role: base\n    cas: 109-02-4",
                "name: 2,4,6-collidine\n    role: base"),)),
    Case("AC-07", "ring", "N-AC-07", (without("ring", "acid_wash"),), EDC, kept_settings=EDC),
    Case("PG-01", "ring", "E-PG-01", (("nitrogens: [salt, Cbz]", "nitrogens: [Bn, Cbz]"),)),
    Case("PG-02", "ring", "E-PG-02", (BOC_BOTH, *charged("ring", "stir", HCL)),
         kept=(BOC_BOTH, *removing("Boc", *charged("ring", "completion", HCL)))),
    Case("PG-02", "ring", "E-PG-02", (CHAIN_BOC_CBZ, *removing("Boc", *charged("ring", "stir", PALLADIUM))),
         kept=(CHAIN_BOC_CBZ, *DEPROTECTED)),
    Case("PG-02", "ring", "E-PG-02", (CHAIN_BOC_CBZ, *removing("Boc", *charged("ring", "completion", PALLADIUM)))),
    Case("PG-02", "ring", "E-PG-02", removing("Boc", *charged("ring", "completion", HCL))),
    Case("PG-03", "ring", "E-PG-03", charged("ring", "completion", PALLADIUM),
         kept=removing("Cbz", *charged("ring", "completion", PALLADIUM))),
    Case("PG-03", "ring", "W-PG-03", charged("ring", "purify", PALLADIUM, "flask")),
    Case("PG-03", "ring", "E-PG-03", removing("Cbz", *charged("ring", "completion", HCL))),
    Case("PG-04", "ring", "W-PG-04", (CHAIN_BOC_CBZ,),
         kept=(CHAIN_BOC_CBZ, *DEPROTECTED)),
    Case("PG-04", "ring", "W-PG-04", (CHAIN_BOC_CBZ, *removing("Boc", *charged("ring", "preactivate", HCL)))),
    Case("PG-04", "ring", "W-PG-04", (CHAIN_BOC_CBZ, *removing("Boc", *charged("ring", "completion", HCL)))),
    Case("X-20", "rcm", "E-X-20", charged("rcm", "completion", PALLADIUM), kept=charged("rcm", "completion", TFA)),
    Case("X-20", "rcm", "W-X-20", charged("rcm", "purify", PALLADIUM),
         kept=removing("alkene", *charged("rcm", "purify", PALLADIUM))),
    Case("X-21", "ring", "E-X-21", (("nitrogens: [salt, Cbz]", "nitrogens: [salt, Fmoc]"),
         *charged("ring", "completion", PIPERIDINE)), kept=charged("ring", "completion", PIPERIDINE)),
    Case("X-21", "ring", "E-X-21", charged("ring", "completion", LAH)),
    Case("X-21", "rcm", "E-X-21", (nitrogens("Ts, Ts"), *removing("Ts", *charged("rcm", "purify", PALLADIUM)))),
    Case("PG-01", "rcm", "E-PG-01", (nitrogens("Cbz, Bn"),), kept=(nitrogens("Boc, Cbz"),)),
    Case("PG-01", "ra", "E-PG-01", (nitrogens("Boc, Boc"),), kept=(nitrogens("free, Boc"),)),
    Case("PG-02", "rcm", "E-PG-02", (nitrogens("Boc, Ts"), *charged("rcm", "stir", TFA)),
         kept=(nitrogens("Boc, Ts"), *removing("Boc", *charged("rcm", "purify", TFA)))),
    Case("PG-02", "rcm", "W-PG-02", (nitrogens("Boc, Ts"), *charged("rcm", "purify", TFA))),
    Case("PG-03", "rcm", "E-PG-03", (nitrogens("Cbz, Ts"), *charged("rcm", "stir", PALLADIUM)),
         kept=(nitrogens("Boc, Ts"), *charged("rcm", "stir", PALLADIUM))),
    Case("PG-05", "ra", "W-PG-05", (nitrogens("free, free"),), kept=(nitrogens("free, Boc"),)),
    Case("X-05", "rcm", "W-X-05", settings=TOLUENE, kept_settings=COOL_TOLUENE),
    Case("X-06", "rcm", "N-X-06", settings={"temperature": "25 degC"}, kept_settings={"temperature": "26 degC"}),
    Case("X-07", "rcm", "W-X-07", charged("rcm", "stir", QUINONE.format(20)),
         kept=charged("rcm", "stir", QUINONE.format(19))),
    Case("X-08", "rcm", "W-X-08", (without("rcm", "purify"),)),
    Case("X-09", "ra", "W-X-09", (("name: 1,2-dichloroethane\n    role: solvent\n    cas: 107-06-2",
         "name: methanol\n    role: solvent"),)),
    Case("X-10", "ra", "E-X-10", (CYANO, *charged("ra", "stir", TFA)), kept=(CYANO,)),
    Case("X-11", "rcm", "E-X-11", (("vented: true", "vented: false"),)),
    Case("X-11", "ra", "E-X-11", (("vented: true", "vented: false"),)),
    Case("X-13", "ra", "W-X-13", (without("ra", "basify"),)),
    Case("X-14", "ra", "E-X-14", (HYDRIDE_SOLUTION, ("    what: hydride\n", "    what: slurry\n    rate: 2 mL/min\n"))),
    Case("X-15", "rcm", "W-X-15", charged("rcm", "stir", AMINE), kept=charged("rcm", "filter", AMINE)),
    Case("X-16", "rcm", "W-X-16", (("what: [$solvent]", "what: [$solvent, substrate_solution]"),)),
    Case("CONFLICT-1", "rcm", "N-CONFLICT-1", kept=(("ring_size: 7", "ring_size: 8"),)),
    Case("CONFLICT-2", "rcm", "N-CONFLICT-2", settings=TOLUENE),
    Case("CONFLICT-3", "rcm", "N-CONFLICT-3", settings={"catalyst": "hoveyda_grubbs_2"}),
    Case("CONFLICT-4", "rcm", "N-CONFLICT-4", charged("rcm", "stir", QUINONE.format(5))),
    Case("CONFLICT-5", "ra", "N-CONFLICT-5", kept=((ACETIC_STEP, ""),)),
    Case("CONFLICT-6", "ra", "N-CONFLICT-6", (CYANO,)),
    Case("CONFLICT-7", "rcm", "N-CONFLICT-7", kept=(without("rcm", "scavenge"),)),
    Case("CONFLICT-8", "amide", "N-CONFLICT-8", kept=(("name: HATU", "name: DIC"),)),
    Case("CONFLICT-9", "rcm", "N-CONFLICT-9", kept=(without("rcm", "degas"),)),
    Case("CONFLICT-10", "rcm", "N-CONFLICT-10", settings={"loading": "2 mol%", "flask_volume": "462 mL"},
         kept_settings={"loading": "2.1 mol%", "flask_volume": "462 mL"}),
)  # fmt: skip


def edited(text: str, edits: tuple[Edit, ...]) -> str:
    for old, new in edits:
        assert text.count(old) == 1, (text.count(old), old)
        text = text.replace(old, new)
    return text


def problems(
    base: str,
    edits: tuple[Edit, ...],
    settings: Mapping[str, str],
    rig: tuple[Edit, ...] = (),
    structures: Structures | None = None,
) -> list[Problem]:
    protocol = read_protocol(edited(BASES[base], edits).encode(), "p.yaml", settings)
    bench = read_rig(edited(BENCH, rig).encode(), "r.yaml")
    return list(make_plan(protocol, bench, CARDS, PlanSettings(), structures).problems)


@pytest.mark.parametrize("case", CASES, ids=[f"{case.code}-{number}" for number, case in enumerate(CASES)])
def test_a_rule_is_found_when_it_is_broken_and_not_when_it_is_kept(case: Case) -> None:
    broken = [p for p in problems(case.base, case.edits, case.settings, case.rig) if p.code == case.code]
    assert len(broken) == 1
    found = broken[0]
    rule = next(rule for rule in RULES if rule.id == case.rule)
    assert found.value and found.bound == rule.bound and found.remedy == rule.remedy and rule.statement in found.message
    assert (rule.source if rule.source != "added" else "added, not in the source document") in found.message
    assert found.file == "p.yaml" and found.line > 1 and found.column > 0
    kept = {p.code for p in problems(case.base, case.kept, case.kept_settings)}
    assert not kept & {f"{letter}-{case.rule}" for letter in "EWN"}


DIENE = "smiles: C=CCN(S(=O)(=O)c1ccc(C)cc1)CCN(C=C)S(=O)(=O)c1ccc(C)cc1"
BY_STRUCTURE = (
    ("RCM-22", "NCC=CCN(S(=O)(=O)c1ccc(C)cc1)CCN(C=C)S(=O)(=O)c1ccc(C)cc1", "free primary or secondary amine"),
    ("RCM-23", "C=CC(S)N(S(=O)(=O)c1ccc(C)cc1)CCN(C=C)S(=O)(=O)c1ccc(C)cc1", "free thiol"),
    ("X-15", "C=CC(N(C)C)N(S(=O)(=O)c1ccc(C)cc1)CCN(C=C)S(=O)(=O)c1ccc(C)cc1", "free tertiary amine"),
)
"""Rules that the SMILES of the substrate breaks, where RDKit is installed."""


@pytest.mark.parametrize(("rule", "smiles", "words"), BY_STRUCTURE, ids=[row[0] for row in BY_STRUCTURE])
def test_a_structure_breaks_a_rule_and_the_shipped_one_keeps_it(rule: str, smiles: str, words: str) -> None:
    pytest.importorskip("rdkit")
    structures = find_structures()
    edits = ((DIENE, f"smiles: {smiles}"), ("    molar_mass: 434.583 g/mol\n", ""))
    (found,) = [p for p in problems("rcm", edits, {}, structures=structures) if p.code.endswith(f"-{rule}")]
    assert words in found.value and found.path == "reagents.substrate"
    kept = {p.code for p in problems("rcm", (), {}, structures=structures)}
    assert not kept & {f"{letter}-{rule}" for letter in "EWN"}


AMINO_ALDEHYDES = (("NCCCN(CC=O)C(=O)OC(C)(C)C", False), ("NCCN(CCC=O)C(=O)OC(C)(C)C", True))
"""A2 and A1 of the chemistry's reference: both close to the same ring, A1 loses its amine."""


@pytest.mark.parametrize(("smiles", "broken"), AMINO_ALDEHYDES)
def test_an_amino_aldehyde_that_eliminates_is_told(smiles: str, broken: bool) -> None:
    """X-19."""
    pytest.importorskip("rdkit")
    found = problems("ra", ((AMINO_ALDEHYDES[0][0], smiles),), {}, structures=find_structures())
    told = [p for p in found if p.code == "N-X-19"]
    assert bool(told) == broken and "E-RING" not in {p.code for p in found}
    assert not told or ("3-amino-aldehyde" in told[0].value and told[0].path == "reagents.amine")


DIALLYL = "C=CCN(S(=O)(=O)c1ccc(C)cc1)CCN(CC=C)S(=O)(=O)c1ccc(C)cc1"


def test_an_n_vinyl_substrate_is_told() -> None:
    """X-18: the shipped substrate has one, its diallyl homologue none."""
    pytest.importorskip("rdkit")
    structures = find_structures()
    (told,) = [p for p in problems("rcm", (), {}, structures=structures) if p.code == "N-X-18"]
    assert "N-vinyl" in told.value and told.path == "reagents.substrate"
    edits = ((DIENE, f"smiles: {DIALLYL}"), ("    molar_mass: 434.583 g/mol\n", ""), ("ring_size: 7", "ring_size: 8"))
    assert "N-X-18" not in {p.code for p in problems("rcm", edits, {}, structures=structures)}


OTHERS_BY_STRUCTURE = frozenset({"X-18", "X-19"})
"""Rules with a test of their own."""


def couplings(smiles: str, coupler: str, *edits: Edit) -> set[str]:
    """Codes of the coupling of an acid, with RDKit."""
    pytest.importorskip("rdkit")
    old = 'smiles: "C[C@H](N)C(=O)O", molar_mass: 89.09 g/mol'
    found = problems("amide", ((old, f'smiles: "{smiles}"'), ("name: HATU", f"name: {coupler}"), *edits), {},
                     structures=find_structures())  # fmt: skip
    return {p.code for p in found}


NO_HELPER = (", {what: helper}", "")


@pytest.mark.parametrize(
    ("smiles", "codes"),
    [
        ("C[C@H](NC(C)=O)C(=O)O", {"E-AC-02", "W-AC-03"}),
        ("CC(NC(C)=O)C(=O)O", {"W-AC-02"}),
        ("C[C@H](O)CCC(=O)O", {"W-AC-02"}),
    ],
)
def test_racemisation_is_judged_by_the_structure(smiles: str, codes: set[str]) -> None:
    found = couplings(smiles, "DCC", NO_HELPER)
    assert {code for code in found if "AC-02" in code or "AC-03" in code} == codes
    assert not {code for code in couplings(smiles, "HATU") if "AC-02" in code or "AC-03" in code}


def test_what_the_nitrogens_carry_is_read_from_the_smiles() -> None:
    """The shipped chain without the key `nitrogens`, as a salt, as a free amine, and with palladium."""
    pytest.importorskip("rdkit")
    structures = find_structures()
    salt, free = "[Cl-].[NH3+]CCN", "NCCN"
    bare = (("  nitrogens: [salt, Cbz]\n", ""),)
    opened = (*bare, (salt, free), ("    molar_mass: 302.758 g/mol\n", ""))

    def codes(*edits: Edit) -> set[str]:
        return {p.code for p in problems("ring", edits, {}, structures=structures)}

    assert not {code for code in codes(*bare) if code[0] in "EW"}
    assert {code for code in codes(*opened) if code[0] in "EW"} == {"E-AC-01", "E-AC-06"}
    assert "E-PG-03" in codes(*bare, *charged("ring", "completion", PALLADIUM))
    assert {c for c in {p.code for p in problems("ring", opened, {})} if c[0] in "EW"} <= {"E-MISSING"}


def test_a_structure_with_more_nitrogens_does_not_say_which_two_are_in_the_ring() -> None:
    """Two Boc groups on a chain of three nitrogens may both be bystanders; two on a chain of two are not apart."""
    pytest.importorskip("rdkit")
    structures = find_structures()
    base = (("  nitrogens: [salt, Cbz]\n", ""), ("    molar_mass: 302.758 g/mol\n", ""))
    old = "[Cl-].[NH3+]CCN(CCC(=O)O)C(=O)OCc1ccccc1"
    three = "[Cl-].[NH3+]CCN(CC(NC(=O)OC(C)(C)C)C(=O)O)C(=O)OC(C)(C)C"
    found = {p.code for p in problems("ring", (*base, (old, three)), {}, structures=structures)}
    assert "E-PG-01" not in found
    two = "CC(C)(C)OC(=O)NCCN(CCC(=O)O)C(=O)OC(C)(C)C"
    assert "E-PG-01" in {p.code for p in problems("ring", (*base, (old, two)), {}, structures=structures)}


def test_every_group_is_in_the_table_of_what_it_survives() -> None:
    """A.4 of the chemistry brief: what the source states, and what takes each group off."""
    from ruggli.chemistry.compounds import Trait
    from ruggli.chemistry.protection import CONDITIONS, SURVIVAL, removal
    from ruggli.chemistry.rules.protecting_groups import REMOVED_BY
    from ruggli.protocol.nitrogen_group import Removable

    assert {group.value for group in Removable} | {"amide"} == set(SURVIVAL)
    assert set(REMOVED_BY) == set(SURVIVAL) - {"amide", "alkene"}
    assert all(set(row) == set(CONDITIONS) for row in SURVIVAL.values())
    stated = {(g, t, fate.survives) for g, row in SURVIVAL.items() for t, fate in row.items() if fate.mark == "S"}
    assert stated == {
        ("Boc", Trait.STRONG_ACID, "no"),
        ("Boc", Trait.RUTHENIUM, "yes"),
        ("Cbz", Trait.HYDROGENOLYSIS, "no"),
        ("Ts", Trait.RUTHENIUM, "yes"),
        ("amide", Trait.RUTHENIUM, "yes"),
    }
    survivors = {
        "Boc": (Trait.ACETIC_ACID, Trait.TRIACETOXYBOROHYDRIDE, Trait.RUTHENIUM, Trait.HYDROGENOLYSIS),
        "Cbz": (Trait.RUTHENIUM, Trait.STRONG_ACID),
        "Ts": (Trait.ACETIC_ACID, Trait.STRONG_ACID, Trait.TRIACETOXYBOROHYDRIDE, Trait.HYDROGENOLYSIS),
    }
    for group, traits in survivors.items():
        assert all(SURVIVAL[group][trait].survives != "no" for trait in traits)
    assert SURVIVAL["alkene"][Trait.HYDROGENOLYSIS].survives == "no"
    assert all(removal(group.value) for group in Removable)


def test_a_reagent_that_is_there_when_the_chain_comes_counts() -> None:
    (found,) = [p for p in problems("ring", charged("ring", "stir", PALLADIUM), {}) if p.code == "E-PG-03"]
    assert found.value == "Cbz meets Pd/C"
    assert RING.splitlines()[found.line - 4].strip() == "- id: addition"  # the edit puts three lines before it


def test_the_table_covers_every_rule_that_is_checked() -> None:
    checked = {rule.id for rule in RULES if not isinstance(rule.check, Unchecked)}
    assert {case.rule for case in CASES} | {rule for rule, _, _ in BY_STRUCTURE} | OTHERS_BY_STRUCTURE == checked


def test_all_rules_are_there_once() -> None:
    ids = [rule.id for rule in RULES]
    families = {"RCM": 32, "RA": 22, "AC": 9, "PG": 5, "X": 21, "CONFLICT": 10}
    wanted = [f"{name}-{n:02}" if name != "CONFLICT" else f"CONFLICT-{n}" for name, top in families.items()
              for n in range(1, top + 1)]  # fmt: skip
    assert ids == wanted and len(set(ids)) == 68 + 21 + 10


def test_added_rules_and_only_they_are_labelled() -> None:
    assert {rule.id.partition("-")[0] for rule in RULES if rule.source == "added"} == {"X"}
    for rule in RULES:
        assert rule.source == "added" or all(part.strip().startswith("L") for part in rule.source.split(","))
        assert rule.statement and rule.bound and rule.remedy and rule.marks


def test_predictions_are_left_to_others() -> None:
    waiting = {r.id for r in RULES if isinstance(r.check, Unchecked) and r.check.cause is Cause.PREDICTION}
    assert waiting == {"X-01", "X-02", "X-03", "X-17", "RA-22"}


def test_an_amide_is_not_checked_as_a_metathesis() -> None:
    families = {rule.id.partition("-")[0] for rule in CHECKED_FOR[Closure.AMIDE]}
    assert families == {"AC", "PG", "X", "CONFLICT"}
    assert {rule.id.partition("-")[0] for rule in CHECKED_FOR[Closure.METATHESIS]} == {"RCM", "PG", "X", "CONFLICT"}


@pytest.mark.parametrize("base", ["rcm", "ra", "ring"])
def test_a_shipped_file_keeps_every_rule(base: str) -> None:
    assert {p.code for p in problems(base, (), {}) if p.severity is not Severity.NOTE} == set()


def test_a_protocol_without_the_key_is_not_checked() -> None:
    block = RCM[RCM.index("chemistry:\n") : RCM.index("prompts:\n")]
    found = problems("rcm", ((block, ""),), {"addition_time": "1 h"})
    assert not {p.code for p in found if any(f"-{rule.id}" in p.code for rule in RULES)}


def test_a_place_is_the_nearest_in_the_file() -> None:
    found = next(p for p in problems("rcm", (), {"addition_time": "3 h"}) if p.code == "W-RCM-04")
    assert RCM.splitlines()[found.line - 1].strip() == "duration: $addition_time"
    assert (found.value, found.bound) == ("3 h", "4 h to 12 h") and "L136" in found.message


@pytest.mark.parametrize("base", ["rcm", "ra", "ring"])
def test_a_file_that_lacks_a_step_is_still_judged(base: str) -> None:
    """Whatever is not there, a check says something or nothing, and does not fail."""
    names = [line.split(": ")[1] for line in BASES[base].splitlines() if line.startswith("  - id: ")]
    judged = 0
    for name in names:
        try:
            judged += bool(problems(base, (without(base, name),), {}))
        except ProblemsError:
            continue  # refused by the reader, for a reason of its own
    assert judged >= 10


@pytest.mark.parametrize("rule", [rule for rule in RULES if not isinstance(rule.check, Unchecked)], ids=lambda r: r.id)
@pytest.mark.parametrize("closure", list(Closure))
def test_a_check_bears_facts_without_anything_in_them(rule: Rule, closure: Closure) -> None:
    assert not isinstance(rule.check, Unchecked)
    nothing = Facts(closure, 8, "", "", {}, {}, ())
    outcome = rule.check(nothing)
    told = outcome if isinstance(outcome, Breach) else None
    assert (told is not None) == (rule.id in ("RCM-03", "RA-02", "RA-07"))


def test_a_closed_vessel_that_is_not_named_closed_is_not_judged() -> None:
    codes = {p.code for p in problems("ra", (("    vented: true\n", ""),), {})}
    assert not codes & {"E-RA-12", "E-X-11"}


@pytest.mark.parametrize("compound", COMPOUNDS, ids=[compound.name for compound in COMPOUNDS])
def test_a_cas_number_has_its_check_digit_and_a_name_means_one_compound(compound: object) -> None:
    from ruggli.chemistry.compounds import Compound

    assert isinstance(compound, Compound)
    digits = compound.cas.replace("-", "")
    total = sum(place * int(digit) for place, digit in enumerate(reversed(digits[:-1]), start=1))
    assert total % 10 == int(digits[-1])
    for name in (compound.name, compound.cas, *compound.aliases):
        assert compound_named(name.upper()) is compound


def test_the_gas_of_a_quench_is_noted() -> None:
    """10 mmol, 1.1 eq of acid, 1.5 eq of hydride: 41 mmol of acid, 1.003 L of carbon dioxide, 122.3 mL of hydrogen."""
    (found,) = [p for p in problems("ra", (), {}) if p.code == "N-GAS"]
    assert "1.003 L of carbon dioxide" in found.message and "122.3 mL of hydrogen" in found.message
    assert found.value.startswith("41 mmol of acid") and found.bound == "at least 37.1 mL of saturated bicarbonate"
    assert RA.splitlines()[found.line - 1].strip().startswith("- id: quench")
    assert not [p for p in problems("rcm", (), {}) if p.code == "N-GAS"]
