"""Reference tables, made from the program itself and from `words`."""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import words

ROOT = Path(__file__).resolve().parents[1]
CODE = re.compile(r"(?:^| )([EWN]-[A-Z][A-Z0-9-]*[A-Z0-9])(?: |$)")
ALARM = re.compile(r"A-[A-Z][A-Z-]*[A-Z]")


class StaleWordsError(Exception):
    """`words` and the program do not agree; the message says on what."""


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = ["| " + " | ".join(head) + " |", "|" + "|".join(" --- " for _ in head) + "|"]
    return "\n".join([*lines, *("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows)])


def agree(what: str, found: Iterable[str], told: Iterable[str]) -> None:
    """Raise `StaleWordsError` where the program and `words` differ."""
    there, here = set(found), set(told)
    if there != here:
        raise StaleWordsError(
            f"{what}: without words in docs/words.py: {sorted(there - here)}; words for nothing: {sorted(here - there)}"
        )


def _trees() -> Iterator[ast.Module]:
    for root in ("src", "drivers"):
        for path in sorted((ROOT / root).rglob("*.py")):
            yield ast.parse(path.read_text("utf-8"))


def _strings() -> Iterator[str]:
    for tree in _trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) < 200:
                yield node.value


def problem_codes() -> str:
    """Codes of problems."""
    found = {match for text in _strings() if "\n" not in text for match in CODE.findall(text)}
    agree("problem codes", found, words.CODES)
    return table(("code", "meaning"), ((f"`{code}`", words.CODES[code]) for code in sorted(words.CODES)))


def alarm_codes() -> str:
    """Codes of alarms."""
    found = {text for text in _strings() if ALARM.fullmatch(text)}
    agree("alarm codes", found, words.ALARMS)
    rows = ((f"`{code}`", meaning, action) for code, (meaning, action) in sorted(words.ALARMS.items()))
    return table(("code", "what was seen", "what the engine does"), rows)


def journal_records() -> str:
    """Kinds of journal records."""
    found = set()
    for tree in _trees():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            first = node.args[0]
            if name in ("Entry", "write", "_entry", "_write") and isinstance(first, ast.Constant):
                found.add(str(first.value))
    agree("journal records", {name for name in found if re.fullmatch("[a-z_]+", name)}, words.RECORDS)
    return table(("kind", "what it says"), ((f"`{kind}`", text) for kind, text in words.RECORDS.items()))


def layers() -> str:
    """Packages, from the top down, as the contracts in `pyproject.toml` have them."""
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    contracts = project["tool"]["importlinter"]["contracts"]
    rows = [row.split(" | ") for contract in contracts if contract["type"] == "layers" for row in contract["layers"]]
    agree("packages", {name for row in rows for name in row}, words.PACKAGES)
    return table(
        ("layer", "package", "what it is"),
        ((str(len(rows) - n), f"`{name}`", words.PACKAGES[name]) for n, row in enumerate(rows) for name in row),
    )


# ---- file formats ----


def _form(shape: Mapping[str, Any], defs: Mapping[str, Any]) -> str:
    """What may stand in a field, in words."""
    if "$ref" in shape:
        name = str(shape["$ref"]).rpartition("/")[2]
        return _form(defs[name], defs) if "properties" not in defs[name] else f"[{name}](#{name.lower()})"
    if "const" in shape:
        return f"`{shape['const']}`"
    if "enum" in shape:
        return ", ".join(dict.fromkeys(f"`{value}`" for value in shape["enum"]))
    kinds = [
        part for part in shape.get("anyOf", shape.get("oneOf", ())) if part.get("type") != "null" and not _is_use(part)
    ]
    if "description" in shape and "examples" in shape:
        return str(shape["description"])
    if shape.get("description") == "true or false":
        return "`true`, `false`"
    if str(shape.get("description", "")).startswith("number "):
        return str(shape["description"])
    if kinds:
        return ", or ".join(dict.fromkeys(_form(part, defs) for part in kinds))
    if "description" in shape:
        return str(shape["description"])
    if shape.get("type") == "array":
        return f"list of: {_form(shape['items'], defs)}" if "oneOf" not in shape["items"] else "list of steps"
    if shape.get("type") == "object":
        inside = next(iter(shape.get("patternProperties", {}).values()), None) or shape.get("additionalProperties")
        return f"map from name to: {_form(inside, defs)}" if isinstance(inside, Mapping) else "map"
    return "name" if "pattern" in shape else "text"


def _is_use(shape: Mapping[str, Any]) -> bool:
    return str(shape.get("$ref", "")).endswith("ParameterUse")


def _fields(shape: Mapping[str, Any], defs: Mapping[str, Any], told: Mapping[str, str], skip: Iterable[str]) -> str:
    needed = shape.get("required", ())
    names = [name for name in shape["properties"] if name not in set(skip)]
    agree(f"fields of {shape.get('title')}", names, told)
    rows = []
    for name in names:
        inside = shape["properties"][name]
        form = _form(inside, defs)
        default = inside.get("default")
        if default not in (None, {}, [], "") and not isinstance(default, dict):
            form += f"; left out: `{str(default).lower() if isinstance(default, bool) else default}`"
        rows.append((f"`{name}`", "yes" if name in needed else "", form, told[name]))
    return table(("field", "needed", "form", "meaning"), rows)


def _summary(shape: Mapping[str, Any]) -> str:
    return " ".join(str(shape.get("description", "")).split("\n\n")[0].split())


def protocol_steps() -> str:
    """Every kind of step with its fields."""
    from ruggli.protocol.schema import protocol_schema

    schema = protocol_schema()
    defs = schema["$defs"]
    names = [str(part["$ref"]).rpartition("/")[2] for part in schema["properties"]["steps"]["items"]["oneOf"]]
    common = {key: defs["Sparge"]["properties"][key] for key in words.STEP_FIELDS}
    parts = [
        "### Every step",
        _fields({"title": "step", "properties": common, "required": ["id"]}, defs, words.STEP_FIELDS, ()),
    ]
    for name in names:
        shape = defs[name]
        parts += [f"### `do: {shape['properties']['do']['const']}`", _summary(shape)]
        parts.append(_fields(shape, defs, words.FIELDS[name], ("do", *words.STEP_FIELDS)))
    return "\n\n".join(parts)


def protocol_parts() -> str:
    """The file and its parts beside the steps."""
    from ruggli.protocol.schema import protocol_schema

    schema = protocol_schema()
    defs = schema["$defs"]
    steps = {str(part["$ref"]).rpartition("/")[2] for part in schema["properties"]["steps"]["items"]["oneOf"]}
    parts = ["### The file", _fields({**schema, "title": "Protocol"}, defs, words.FIELDS["Protocol"], ())]
    for name in words.FIELDS:
        if name != "Protocol" and name not in steps:
            parts += [f"### {name}", _summary(defs[name]), _fields(defs[name], defs, words.FIELDS[name], ())]
    used = {name for name in defs if "properties" in defs[name]} | {"Protocol"}
    agree("parts of a protocol", used, words.FIELDS)
    return "\n\n".join(parts)


def rig_parts() -> str:
    """The rig file and its parts."""
    from ruggli.rig.schema import rig_schema

    schema = rig_schema()
    defs = schema["$defs"]
    agree("parts of a rig", {n for n in defs if "properties" in defs[n]} | {"Rig"}, words.RIG_FIELDS)
    parts = ["### The file", _fields({**schema, "title": "Rig"}, defs, words.RIG_FIELDS["Rig"], ())]
    for name, told in words.RIG_FIELDS.items():
        if name != "Rig":
            parts += [f"### {name}", _summary(defs[name]), _fields(defs[name], defs, told, ())]
    return "\n\n".join(parts)


def notify_parts() -> str:
    """The notify file and its parts."""
    from ruggli.app.notify_file import notify_schema

    schema = notify_schema()
    defs = schema["$defs"]
    agree("parts of a notify file", {n for n in defs if "properties" in defs[n]} | {"NotifyFile"}, words.NOTIFY_FIELDS)
    parts = ["### The file", _fields({**schema, "title": "NotifyFile"}, defs, words.NOTIFY_FIELDS["NotifyFile"], ())]
    for name, told in words.NOTIFY_FIELDS.items():
        if name != "NotifyFile":
            parts += [f"### {name}", _summary(defs[name]), _fields(defs[name], defs, told, ())]
    return "\n\n".join(parts)


def kinetics_parts() -> str:
    """The kinetics file and its parts."""
    from ruggli.chemistry.kinetics.file import kinetics_schema

    schema = kinetics_schema()
    defs = {**schema["$defs"], **{kind["title"]: kind for kind in schema["oneOf"]}}
    agree("parts of a kinetics file", (name for name in defs if "properties" in defs[name]), words.KINETICS_FIELDS)
    parts = []
    for name, told in words.KINETICS_FIELDS.items():
        parts += [f"### {name}", _summary(defs[name]), _fields(defs[name], defs, told, ())]
    return "\n\n".join(parts)


def diagnosis_questions() -> str:
    """The questions of a diagnosis, and where each answer leads."""
    from ruggli.chemistry.diagnosis.low_yield import LOW_YIELD
    from ruggli.chemistry.diagnosis.tree import sources_text

    rows = (
        (
            f"`{question.id}`",
            question.text,
            "; ".join(f"`{choice.word}`: `{choice.to}`" for choice in question.choices),
            sources_text(question.sources, question.basis),
        )
        for question in LOW_YIELD.questions.values()
    )
    return table(("id", "question", "answers, and what they lead to", "source"), rows)


def diagnosis_advice() -> str:
    """What a diagnosis may end with."""
    from ruggli.chemistry.diagnosis.low_yield import LOW_YIELD
    from ruggli.chemistry.diagnosis.tree import sources_text

    rows = (
        (
            f"`{leaf.id}`",
            leaf.recommendation + (f" `{leaf.command}`" if leaf.command else ""),
            leaf.caution,
            sources_text(leaf.sources, leaf.basis),
        )
        for leaf in LOW_YIELD.leaves.values()
    )
    return table(("id", "what to do", "caution", "source"), rows)


def notify_events() -> str:
    """What a message may be about."""
    from ruggli.app.notify_file import Event

    agree("events of messages", (event.value for event in Event), words.EVENTS)
    return table(("event", "what is told"), ((f"`{event.value}`", words.EVENTS[event.value]) for event in Event))


def units() -> str:
    """Every unit."""
    from ruggli.quantities.units import UNITS

    rows = (
        (dimension.label, ", ".join(f"`{name}`" for name in names), f"`{dimension.example}`")
        for dimension, names in UNITS.items()
    )
    return table(("quantity", "units", "example"), rows)


def syringes() -> str:
    """The catalogue of syringes."""
    from ruggli.rig.catalogue import CATALOGUE, size_text

    rows = []
    for entry in CATALOGUE:
        bores = " or ".join(f"{bore.bore:g} mm ({bore.source})" for bore in entry.bores)
        rows.append((entry.make, size_text(entry.size), bores))
    return table(("make", "size", "bore (source)"), rows)


def solvents() -> str:
    """Solvents that Ruggli knows."""
    from ruggli.chemistry.solvents import SOLVENTS

    rows = ((s.name, ", ".join(s.aliases), s.cas, f"{s.boiling_point:g} degC", f"{s.density:g} g/mL") for s in SOLVENTS)
    return table(("solvent", "also", "CAS", "boils at", "density"), rows)


# ---- the run ----


def _hours(seconds: float) -> str:
    return f"{seconds / 3600:g} h"


def class_policies() -> str:
    """What each class of step does when it is held, and the state in which it may end."""
    from ruggli.plan.policy import POLICIES
    from ruggli.protocol.lengths import LONGEST

    rows = (
        (
            f"`{step_class.value}`",
            "0; stirring, inert gas and condenser stay on",
            policy.hold_heat.value,
            _hours(policy.longest_hold),
            policy.end_heat.value,
            policy.resume.value,
            _hours(LONGEST[step_class]),
        )
        for step_class, policy in POLICIES.items()
    )
    head = ("class", "flows while held", "heater while held", "longest hold", "heater when the run ends early")
    return table((*head, "resume", "longest step"), rows)


def interlocks() -> str:
    """Bounds that are watched once a second."""
    from ruggli.engine import interlocks as bounds
    from ruggli.engine import pile_watch
    from ruggli.engine.heater_checks import frozen, gain, runaway, sensor, stuck
    from ruggli.plan import guards
    from ruggli.plan.rules import STANDARD

    std = STANDARD
    off, hold = "hold, heat off", "hold"
    rows = (
        ("`hot`: vessel", f"{guards.OVER:g} K above its temperature", f"{std.hot.patience:g} s", off),
        ("`hot`: vessel", "`highest_temperature` of the rig", "two looks", off),
        ("`hot`: plate", f"{bounds.PLATE_EXCESS:g} K above its `plate_cap`", f"{std.hot.patience:g} s", off),
        ("`cold`, while something flows", f"{guards.UNDER:g} K below", f"{std.cold.patience:g} s", hold),
        (
            "`accumulation`, while something flows",
            f"more than its `above` has not reacted; again below {pile_watch.AGAIN * 100:g} % of that",
            "at once",
            "wait",
        ),
        ("`stirring`", f"below {bounds.STIR_PART * 100:g} % of the speed", f"{std.stirring.patience:g} s", hold),
        (
            "`probe`, heater on",
            f"no reading, or one outside {sensor.COLDEST:g} to {sensor.HOTTEST:g} degC",
            f"{std.probe.patience:g} s",
            off,
        ),
        ("`probe`: jumps", f"more than {sensor.JUMP:g} K in one look", f"twice in {sensor.JUMP_WITHIN:g} s", off),
        (
            "`probe`: out of the flask",
            f"the plate rises {sensor.PLATE_RISE:g} K, the probe less than {sensor.PROBE_RISE:g} K",
            f"{sensor.OUT_SECONDS:g} s; {sensor.FALLING_SECONDS:g} s where it falls",
            off,
        ),
        (
            "`frozen`, heater on or feeding",
            f"both readings exactly the same; only told where the plate is less than {frozen.IDLE:g} K above the room",
            f"{frozen.FROZEN_SECONDS / 60:g} min",
            off,
        ),
        (
            "`heating`",
            f"gains less than {std.gain:g} K, more than {gain.FAR:g} K below the set point",
            f"{std.heating.patience:g} s, from {gain.START_SECONDS:g} s after the heater went on",
            hold,
        ),
        (
            "`heating`, nearer",
            f"gains less than {gain.NEAR_GAIN:g} K and the plate is no {gain.LEAD:g} K hotter",
            f"{gain.NEAR_SECONDS / 60:g} min",
            hold,
        ),
        ("`runaway`", f"{std.above_plate:g} K hotter than the plate, and not cooling", "two looks", off),
        (
            "`runaway`, settled before",
            f"warms by more than {std.ramp * 60:g} K/min, and more than the plate, "
            f"{runaway.BAND:g} K above where it had settled",
            f"{std.runaway.patience:g} s",
            off,
        ),
        ("`quench`", f"{guards.QUENCH_RISE:g} K above the temperature at its start", f"{std.quench.patience:g} s", off),
        (
            "heater off",
            f"the plate rises by more than {stuck.RISE:g} K, or, {stuck.WARM:g} K above the room, "
            f"has not fallen by {stuck.FALL:g} K",
            f"{stuck.RISE_SECONDS:g} s; {stuck.FALL_SECONDS:g} s",
            "hold, heat off again, cut its mains",
        ),
        ("power of a plate", "silent for 2.5 s, and its stirrer stands then", "at once", off),
        ("link", "no reading from a device", f"{bounds.LINK_SECONDS:g} s; at once when the port is gone", hold),
        (
            "progress of a pump",
            "its counter stands, or lags by 0.5 % of the dose",
            "60 s; longer for slow rates",
            hold,
        ),
    )
    return table(("what", "bound", "for how long", "then"), rows)


def faults() -> str:
    """Kinds of faults of the bench."""
    from ruggli_simulator.faults import KINDS

    rows = []
    for name, kind in KINDS.items():
        settings = "; ".join(f"`{key}`: {text}" for key, text in kind.settings.items())
        rows.append((f"`{name}`", kind.where.value, kind.meaning, settings, "yes" if kind.heals else ""))
    return table(("kind", "strikes a", "what happens", "further keys", "`for`"), rows)


def host_faults() -> str:
    """Kinds of faults of the computer and of its people."""
    from ruggli.app.trial.host import HOST_KINDS

    rows = []
    for name, kind in HOST_KINDS.items():
        settings = "; ".join(f"`{key}`: {text}" for key, text in kind.settings.items())
        target = "name of a device" if kind.target == "device" else f"`{kind.target}`"
        rows.append((f"`{name}`", target, kind.meaning, settings, "yes" if kind.lasts else ""))
    return table(("kind", "`target`", "what happens", "further keys", "`for`"), rows)


# ---- drivers, command line ----


def drivers() -> str:
    """What every driver declares."""
    from ruggli.app.drivers import cards
    from ruggli.devices.capability import PumpCapability

    parts = []
    for card in cards().values():
        rows = [("devices", card.devices), ("kind", card.kind.value), ("line", card.settings)]
        for model, can in card.capabilities.items():
            if isinstance(can, PumpCapability):
                bores = f"bores {can.narrowest:g} mm to {can.widest:g} mm"
                speeds = f"plunger {can.slowest_mm_s:.3g} mm/s to {can.fastest_mm_s:.3g} mm/s"
                limits = f"{bores}; {speeds}"
            else:
                limits = (
                    f"{can.coolest:g} degC to {can.hottest:g} degC; {can.slowest:g} rpm to {can.fastest:g} rpm; "
                    f"set point {can.safety_margin:g} K or more below the safety temperature on the device"
                )
            rows.append((f"model `{model}`", limits))
            stop = can.dead_man
            told = "none" if stop is None else f"{stop.shortest:g} s to {stop.longest:g} s: {stop.effect}"
            rows += [("own stop (dead-man)", told), ("a stop is proved by", can.stop_proof.value)]
        rows += [("evidence", line) for line in card.verified]
        parts += [f"### `{card.name}`", table(("", ""), rows)]
    return "\n\n".join(parts)


def commands() -> str:
    """Every command with its arguments and options."""
    import click

    from ruggli.cli.commands import COMMANDS
    from ruggli.cli.program import program

    parts = []
    for name, entry in COMMANDS.items():
        if not entry.place:
            continue
        command: click.Command = program()
        for word in name.split():
            assert isinstance(command, click.Group)
            found = command.get_command(click.Context(command), word)
            assert found is not None
            command = found
        arguments = " ".join(
            str(p.human_readable_name).upper() for p in command.params if isinstance(p, click.Argument)
        )
        text = " ".join((command.help or entry.help).replace("\b", "").split())
        parts += [f"### `ruggli {f'{name} {arguments}'.strip()}`", text]
        options = [p for p in command.params if isinstance(p, click.Option)]
        if options:
            parts.append(table(("option", "meaning"), (_option(option) for option in options)))
    return "\n\n".join(parts)


def _option(option: Any) -> tuple[str, str]:
    value = f" {option.metavar}" if option.metavar and not option.is_flag else ""
    return f"`{option.opts[0]}{value}`", option.help or ""


def exit_codes() -> str:
    """Exit codes."""
    from ruggli.cli import codes

    path = Path(codes.__file__)
    body = ast.parse(path.read_text("utf-8")).body
    rows = []
    for node, after in zip(body, body[1:], strict=False):
        if isinstance(node, ast.AnnAssign) and isinstance(node.value, ast.Constant) and isinstance(after, ast.Expr):
            assert isinstance(after.value, ast.Constant)
            rows.append((str(node.value.value), str(after.value.value)))
    return table(("code", "meaning"), rows)


def output_shapes() -> str:
    """Keys of every `--json` object."""
    from ruggli.cli.shapes import output_names, output_schema

    parts = []
    for name in output_names():
        schema = output_schema(name)
        shape = schema if "properties" in schema else schema["anyOf"][0]
        needed = shape.get("required", ())
        keys = (f"`{key}`" if key in needed else f"`{key}`?" for key in shape["properties"])
        parts.append((f"`{name}`", ", ".join(keys)))
    return table(("command", "keys (`?`: not always there)"), parts)
