"""The JSON Schema of what each command prints with `--json`.

A command that runs something prints an outcome whatever happens. Every other may print a failure instead of its own
shape: `ok` false, a `verdict` and `problems`. Keys may be added in later versions; none that stands here goes away or
changes its unit.
"""

from collections.abc import Mapping
from typing import Any, Final

from ruggli.cli.compare_shape import COMPARED
from ruggli.cli.flask_shape import FLASK
from ruggli.cli.reaction_shapes import ADVICE, DIAGNOSIS, KINETICS, OUTLOOK, PANEL, PREDICTION, RESCALED
from ruggli.cli.salvage_shape import SALVAGE
from ruggli.cli.shape_parts import (
    DOSE,
    FLAG,
    MAP,
    NUMBER,
    PARAMETER,
    PROBLEM,
    PROBLEMS,
    TEXT,
    TEXTS,
    WHOLE,
    Shape,
    list_of,
    object_of,
    one_of,
    or_null,
)

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"

FAILURE: Final = object_of(
    {"ok": one_of(False), "verdict": one_of("refused", "aborted", "error"), "problems": PROBLEMS},
)

SIGN: Final = object_of(
    {"code": TEXT, "device": TEXT, "value": TEXT, "bound": TEXT, "action": TEXT}, {"text": TEXT, "time_s": NUMBER}
)
ALARM: Final = object_of(
    {"code": TEXT, "device": TEXT, "value": TEXT, "bound": TEXT, "action": TEXT, "done": TEXT, "signs": list_of(SIGN)},
    {"text": TEXT, "time_s": NUMBER},
)
OUTCOME: Final = object_of(
    {
        "ok": FLAG,
        "verdict": one_of("complete", "held", "stopped", "aborted", "refused", "error"),
        "cause": TEXT,
        "run": TEXT,
        "folder": TEXT,
        "report": or_null(TEXT),
        "virtual_seconds": NUMBER,
        "wall_seconds": NUMBER,
        "exchanges": WHOLE,
        "doses": list_of(DOSE),
        "peak_concentration_mM": {"type": "object", "additionalProperties": NUMBER},
        "max_temperature_degC": or_null(NUMBER),
        "prompts": list_of(
            object_of(
                {"id": TEXT, "text": TEXT, "answer": or_null(TEXT)}, {"after_s": {"type": "number", "minimum": 0}}
            )
        ),
        "alarms": list_of(ALARM),
        "still_on": TEXTS,
        "problems": PROBLEMS,
    },
    {
        "sessions": {"type": "integer", "minimum": 1, "description": "where a dry run had faults of the computer"},
        "reactions": {**TEXTS, "description": "how each session ended: killed, held, complete, ..."},
        "violations": {**TEXTS, "description": "what the bench showed in them that must not be; with one, ok is false"},
        "simulated_flasks": {**list_of(FLASK), "description": "in simulation, where the plan has a reaction"},
    },
)

CHECK: Final = object_of({"ok": FLAG, "problems": PROBLEMS})

PROMPT: Final = object_of({"id": TEXT, "text": TEXT, "choices": TEXTS, "happy": TEXT, "when_s": NUMBER})
STEP: Final = object_of(
    {
        "id": TEXT,
        "number": WHOLE,
        "do": TEXT,
        "title": TEXT,
        "start_s": NUMBER,
        "duration_s": NUMBER,
        "line": WHOLE,
        "work": object_of({"kind": TEXT}),
    }
)
PLAN: Final = object_of(
    {"ok": FLAG, "problems": PROBLEMS},
    {
        "protocol_name": TEXT,
        "rig_name": TEXT,
        "parameters": {"type": "object", "additionalProperties": TEXT},
        "unattended": FLAG,
        "duration_s": NUMBER,
        "steps": list_of(STEP),
        "prompts": list_of(PROMPT),
        "devices": list_of(object_of({"name": TEXT, "driver": TEXT, "model": TEXT, "port": TEXT})),
        "reagents": list_of(object_of({"reagent": TEXT, "name": TEXT, "role": TEXT})),
        "solutions": list_of(object_of({"solution": TEXT, "solvent": TEXT, "device": TEXT, "syringe": TEXT})),
        "volumes": list_of(object_of({"vessel": TEXT, "step": TEXT})),
        "temperatures": list_of(object_of({"vessel": TEXT})),
        "reaction": object_of(
            {
                "model": one_of("macrocyclisation", "reductive-amination"),
                "vessel": TEXT,
                "species": MAP,
                "ring_size": WHOLE,
                "catalyst": or_null(TEXT),
                "temperature_degC": NUMBER,
                "remark": TEXT,
                "over": or_null(TEXT),
                "constants": list_of(PARAMETER),
            }
        ),
    },
)

RUN_ROW: Final = object_of(
    {
        "run": TEXT,
        "folder": TEXT,
        "verdict": one_of("complete", "held", "stopped", "aborted", "refused", "error", "interrupted", "unreadable"),
        "protocol": TEXT,
        "rig": TEXT,
        "started": TEXT,
        "duration_s": or_null(NUMBER),
        "simulated": or_null(FLAG),
        "report": or_null(TEXT),
    }
)

DEAD_MAN: Final = or_null(object_of({"shortest_s": NUMBER, "longest_s": NUMBER, "effect": TEXT}))
MODEL: Final = object_of(
    {"name": TEXT, "dead_man": DEAD_MAN, "stop_proof": TEXT},
    {
        "slowest_mm_per_s": NUMBER,
        "fastest_mm_per_s": NUMBER,
        "narrowest_bore_mm": NUMBER,
        "widest_bore_mm": NUMBER,
        "coolest_degC": NUMBER,
        "hottest_degC": NUMBER,
        "slowest_rpm": NUMBER,
        "fastest_rpm": NUMBER,
    },
)
DRIVER: Final = object_of(
    {"name": TEXT, "devices": TEXT, "kind": TEXT, "settings": TEXT, "models": list_of(MODEL), "verified": TEXTS}
)

RIG_DEVICE: Final = object_of(
    {"name": TEXT, "driver": TEXT, "model": TEXT, "port": TEXT, "state": TEXT, "identity": TEXT},
)
DELIVERY: Final = object_of({"channel": TEXT, "ok": FLAG, "why": TEXT, "seconds": NUMBER})
PROVED_DEVICE: Final = object_of(
    {
        "device": TEXT,
        "state": one_of("proved", "NOT PROVED", "no dead-man", "not tried"),
        "dead_man_s": or_null(NUMBER),
        "seen": TEXT,
        "took_s": NUMBER,
    },
)
SWEPT: Final = object_of(
    {
        "fault": TEXT,
        "title": TEXT,
        "nights": WHOLE,
        "verdicts": {"type": "object", "additionalProperties": WHOLE},
        "alarms": {"type": "object", "additionalProperties": WHOLE},
        "max_temperature_degC": NUMBER,
        "worst_concentration_percent_of_planned_peak": NUMBER,
        "worst_over_dose_percent": NUMBER,
        "worst_under_dose_when_complete_percent": NUMBER,
        "worst_unknown_dose_percent": NUMBER,
        "violations": TEXTS,
    }
)
SERVED: Final = object_of({"name": TEXT, "driver": TEXT, "url": TEXT, "pty": or_null(TEXT)})

_SHAPES: Final[Mapping[str, Shape]] = {
    "check": CHECK,
    "plan": PLAN,
    "simulate": OUTCOME,
    "panel": PANEL,
    "predict": PREDICTION,
    "outlook": OUTLOOK,
    "advise": ADVICE,
    "rescale": RESCALED,
    "kinetics": KINETICS,
    "diagnose": DIAGNOSIS,
    "run": OUTCOME,
    "resume": OUTCOME,
    "salvage": SALVAGE,
    "report": object_of({"ok": FLAG, "run": TEXT, "report": TEXT, "problems": PROBLEMS}),
    "compare": COMPARED,
    "runs": object_of({"folder": TEXT, "runs": list_of(RUN_ROW)}),
    "journal verify": object_of(
        {
            "ok": FLAG,
            "run": TEXT,
            "journal": TEXT,
            "reserve": or_null(TEXT),
            "records": WHOLE,
            "sealed": FLAG,
            "head": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
            "good_bytes": WHOLE,
            "torn_bytes": WHOLE,
            "damage": TEXT,
        }
    ),
    "drivers": object_of({"drivers": list_of(DRIVER)}),
    "rig check": object_of({"ok": FLAG, "rig": TEXT, "devices": list_of(RIG_DEVICE), "problems": PROBLEMS}),
    "notify test": object_of({"ok": FLAG, "channels": list_of(DELIVERY)}),
    "rig prove": object_of({"ok": FLAG, "rig": TEXT, "devices": list_of(PROVED_DEVICE), "file": TEXT}),
    "faultsweep": object_of({"ok": FLAG, "seed": WHOLE, "rows": list_of(SWEPT)}),
    "simulator serve": object_of({"control": TEXT, "devices": list_of(SERVED)}),
}


def output_names() -> tuple[str, ...]:
    """The commands that take `--json`."""
    return tuple(_SHAPES)


def output_schema(command: str) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of what a command prints with `--json`.

    Args:
        command: one of `output_names`.
    """
    shape = _SHAPES[command]
    return {
        "$schema": DIALECT,
        "title": f"ruggli {command} --json",
        "$defs": {"problem": PROBLEM, "failure": FAILURE},
        **(shape if shape is OUTCOME else {"anyOf": [shape, {"$ref": "#/$defs/failure"}]}),
    }
