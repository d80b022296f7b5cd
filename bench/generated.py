"""Protocols and rigs of any size, for measuring how cost grows."""

SOLUTIONS_A_DOSE = 8
"""The most that one dose step takes together."""

_HEAD = """\
ruggli: 1
name: generated
description: made for a measurement
reagents:
  toluene: {name: toluene, role: solvent}
  solute_0: {name: solute, role: substrate, molar_mass: 434.583 g/mol, limiting: true, amount: 1 mmol}
"""


def rig_of(pumps: int) -> str:
    """A simulated bench with so many New Era pumps, each on a line of its own, and one flask on a plate."""
    rows = ["ruggli: 1", "name: generated bench", "devices:"]
    for number in range(pumps):
        rows += [
            f"  pump_{number}:",
            "    driver: new-era",
            "    model: NE-1000",
            f'    port: {{url: "sim://pump_{number}"}}',
            "    syringe: {make: Hamilton Gastight, size: 25 mL}",
            "    tubing: {bore: 0.8 mm, length: 0.6 m, to: flask}",
            "    dead_man: 10 s",
        ]
    rows += [
        "  plate:",
        "    driver: ika-rct-digital",
        "    model: RCT digital",
        '    port: {url: "sim://plate"}',
        "    dead_man: 30 s",
        "    plate_cap: 150 degC",
        "vessels:",
        "  flask:",
        "    capacity: 1 L",
        "    working_volume: 900 mL",
        "    condenser: true",
        "    stirred: true",
        "    position: {hotplate: plate, probe: flask, contact: block}",
        "limits:",
        "  highest_temperature: 130 degC",
        "  ambient: 20 degC",
    ]
    return "\n".join(rows) + "\n"


def dosing_protocol(pumps: int, minutes: int) -> str:
    """One solution a pump, up to eight in a dose; then a hold, in which every pump is read on, once a second."""
    rows = [_HEAD.rstrip("\n")]
    for number in range(1, pumps):
        rows.append(f"  solute_{number}: {{name: solute, role: substrate, molar_mass: 100 g/mol, amount: 1 mmol}}")
    rows.append("solutions:")
    for number in range(pumps):
        rows.append(f"  solution_{number}: {{solutes: [solute_{number}], solvent: toluene, volume: 2 mL}}")
    rows += ["vessels:", "  flask: {role: reaction}", "steps:"]
    rows.append("  - {id: charge, do: charge, vessel: flask, contents: [{what: toluene, volume: 50 mL}]}")
    rows.append("  - {id: stir, do: stir, vessel: flask, speed: 400 rpm}")
    for first in range(0, pumps, SOLUTIONS_A_DOSE):
        names = ", ".join(f"solution_{number}" for number in range(first, min(pumps, first + SOLUTIONS_A_DOSE)))
        dose = f"solutions: [{names}], class: feed, duration: 2 min, hold: {{at_most: 2 h}}"
        rows.append(f"  - {{id: dose_{first}, do: dose, into: flask, {dose}}}")
    rest = f"duration: {minutes} min, class: feed, hold: {{at_most: 2 h}}"
    rows.append(f"  - {{id: rest, do: hold, vessel: flask, {rest}}}")
    return "\n".join(rows) + "\n"


def many_steps(steps: int, seconds: float) -> str:
    """So many holds, together as long as `seconds`, after one dose."""
    rows = [_HEAD + "solutions:", "  solution_0: {solutes: [solute_0], solvent: toluene, volume: 2 mL}"]
    rows += ["vessels:", "  flask: {role: reaction}", "steps:"]
    rows.append("  - {id: stir, do: stir, vessel: flask, speed: 400 rpm}")
    dose = "solutions: [solution_0], class: feed, duration: 1 min, hold: {at_most: 2 h}"
    rows.append(f"  - {{id: dose, do: dose, into: flask, {dose}}}")
    each = f"duration: {seconds / steps:.0f} s, class: feed, hold: {{at_most: 2 h}}"
    rows += [f"  - {{id: hold_{number}, do: hold, vessel: flask, {each}}}" for number in range(steps)]
    return "\n".join(rows) + "\n"
