"""The JSON Schema of what each command prints with `--json`.

A command that runs something prints an outcome whatever happens. Every other may print a failure instead of its own
shape: `ok` false, a `verdict` and `problems`. Keys may be added in later versions; none that stands here goes away or
changes its unit.
"""

from collections.abc import Mapping
from typing import Any, Final

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"

Shape = Mapping[str, Any]

TEXT: Final[Shape] = {"type": "string"}
NUMBER: Final[Shape] = {"type": "number"}
WHOLE: Final[Shape] = {"type": "integer", "minimum": 0}
FLAG: Final[Shape] = {"type": "boolean"}
MAP: Final[Shape] = {"type": "object"}
TEXTS: Final[Shape] = {"type": "array", "items": TEXT}


def _or_null(shape: Shape) -> dict[str, Any]:
    return {"anyOf": [shape, {"type": "null"}]}


def _list(items: Shape) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _object(required: Mapping[str, Shape], optional: Mapping[str, Shape] | None = None) -> dict[str, Any]:
    return {"type": "object", "properties": {**required, **(optional or {})}, "required": list(required)}


def _enum(*values: object) -> dict[str, Any]:
    return {"enum": list(values)}


PROBLEM: Final = _object(
    {
        "code": {"type": "string", "pattern": "^[EWN]-[A-Z0-9-]+$"},
        "severity": _enum("error", "warning", "note"),
        "message": TEXT,
        "file": TEXT,
        "line": WHOLE,
        "column": WHOLE,
        "value": TEXT,
        "bound": TEXT,
        "remedy": TEXT,
    },
    {"path": TEXT},
)
PROBLEMS: Final = _list({"$ref": "#/$defs/problem"})

FAILURE: Final = _object(
    {"ok": _enum(False), "verdict": _enum("refused", "aborted", "error"), "problems": PROBLEMS},
)

DOSE: Final = _object(
    {
        "step": TEXT,
        "solution": TEXT,
        "device": TEXT,
        "planned_mL": NUMBER,
        "delivered_mL": {
            "type": "array",
            "items": NUMBER,
            "minItems": 2,
            "maxItems": 2,
            "description": "at least, at most",
        },
    },
    {"truth_mL": {"type": "number", "description": "volume of the solution in the vessel; in simulation only"}},
)
SIGN: Final = _object(
    {"code": TEXT, "device": TEXT, "value": TEXT, "bound": TEXT, "action": TEXT}, {"text": TEXT, "time_s": NUMBER}
)
ALARM: Final = _object(
    {"code": TEXT, "device": TEXT, "value": TEXT, "bound": TEXT, "action": TEXT, "done": TEXT, "signs": _list(SIGN)},
    {"text": TEXT, "time_s": NUMBER},
)
_BY_SPECIES: Final = {"type": "object", "additionalProperties": NUMBER}
FLASK: Final = {
    **_object(
        {
            "vessel": TEXT,
            "model": _enum("macrocyclisation", "reductive-amination"),
            "species_mmol": _BY_SPECIES,
            "concentrations_mM": _BY_SPECIES,
            "peak_concentrations_mM": _BY_SPECIES,
            "peak_concentration_times_s": _BY_SPECIES,
            "units_put_in_mmol": NUMBER,
            "yields": {**_BY_SPECIES, "description": "part of the substrate's units put in, by species"},
            "gas_mL": {**_BY_SPECIES, "description": "at 25 degC and 1013.25 hPa"},
            "fastest_gas_mL_min": _BY_SPECIES,
            "heat_J": NUMBER,
            "power_W": NUMBER,
            "caution": TEXT,
        }
    ),
    "description": "what the flask of a simulated bench held at the end; its constants are defaults, not measured",
}
OUTCOME: Final = _object(
    {
        "ok": FLAG,
        "verdict": _enum("complete", "held", "stopped", "aborted", "refused", "error"),
        "cause": TEXT,
        "run": TEXT,
        "folder": TEXT,
        "report": _or_null(TEXT),
        "virtual_seconds": NUMBER,
        "wall_seconds": NUMBER,
        "exchanges": WHOLE,
        "doses": _list(DOSE),
        "peak_concentration_mM": {"type": "object", "additionalProperties": NUMBER},
        "max_temperature_degC": _or_null(NUMBER),
        "prompts": _list(
            _object({"id": TEXT, "text": TEXT, "answer": _or_null(TEXT)}, {"after_s": {"type": "number", "minimum": 0}})
        ),
        "alarms": _list(ALARM),
        "still_on": TEXTS,
        "problems": PROBLEMS,
    },
    {
        "sessions": {
            "type": "integer",
            "minimum": 1,
            "description": "where a dry run had faults of the computer",
        },
        "reactions": {**TEXTS, "description": "how each session ended: killed, held, complete, ..."},
        "violations": {**TEXTS, "description": "what the bench showed in them that must not be; with one, ok is false"},
        "simulated_flasks": {**_list(FLASK), "description": "in simulation, where the plan has a reaction"},
    },
)

CHECK: Final = _object({"ok": FLAG, "problems": PROBLEMS})

PROMPT: Final = _object({"id": TEXT, "text": TEXT, "choices": TEXTS, "happy": TEXT, "when_s": NUMBER})
STEP: Final = _object(
    {
        "id": TEXT,
        "number": WHOLE,
        "do": TEXT,
        "title": TEXT,
        "start_s": NUMBER,
        "duration_s": NUMBER,
        "line": WHOLE,
        "work": _object({"kind": TEXT}),
    }
)
PARAMETER: Final = _object(
    {
        "name": TEXT,
        "value": NUMBER,
        "low": NUMBER,
        "high": NUMBER,
        "unit": TEXT,
        "mark": _enum("S", "V", "P", "C", "M", "E"),
        "source": TEXT,
        "activation_kJ_per_mol": _or_null(NUMBER),
        "reference_degC": _or_null(NUMBER),
    }
)
PLAN: Final = _object(
    {"ok": FLAG, "problems": PROBLEMS},
    {
        "protocol_name": TEXT,
        "rig_name": TEXT,
        "parameters": {"type": "object", "additionalProperties": TEXT},
        "unattended": FLAG,
        "duration_s": NUMBER,
        "steps": _list(STEP),
        "prompts": _list(PROMPT),
        "devices": _list(_object({"name": TEXT, "driver": TEXT, "model": TEXT, "port": TEXT})),
        "reagents": _list(_object({"reagent": TEXT, "name": TEXT, "role": TEXT})),
        "solutions": _list(_object({"solution": TEXT, "solvent": TEXT, "device": TEXT, "syringe": TEXT})),
        "volumes": _list(_object({"vessel": TEXT, "step": TEXT})),
        "temperatures": _list(_object({"vessel": TEXT})),
        "reaction": _object(
            {
                "model": _enum("macrocyclisation", "reductive-amination"),
                "vessel": TEXT,
                "species": MAP,
                "ring_size": WHOLE,
                "catalyst": _or_null(TEXT),
                "temperature_degC": NUMBER,
                "over": _or_null(TEXT),
                "constants": _list(PARAMETER),
            }
        ),
    },
)

RUN_ROW: Final = _object(
    {
        "run": TEXT,
        "folder": TEXT,
        "verdict": _enum("complete", "held", "stopped", "aborted", "refused", "error", "interrupted", "unreadable"),
        "protocol": TEXT,
        "rig": TEXT,
        "started": TEXT,
        "duration_s": _or_null(NUMBER),
        "simulated": _or_null(FLAG),
        "report": _or_null(TEXT),
    }
)

DEAD_MAN: Final = _or_null(_object({"shortest_s": NUMBER, "longest_s": NUMBER, "effect": TEXT}))
MODEL: Final = _object(
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
DRIVER: Final = _object(
    {"name": TEXT, "devices": TEXT, "kind": TEXT, "settings": TEXT, "models": _list(MODEL), "verified": TEXTS}
)

RIG_DEVICE: Final = _object(
    {"name": TEXT, "driver": TEXT, "model": TEXT, "port": TEXT, "state": TEXT, "identity": TEXT},
)
DELIVERY: Final = _object({"channel": TEXT, "ok": FLAG, "why": TEXT, "seconds": NUMBER})
PROVED_DEVICE: Final = _object(
    {
        "device": TEXT,
        "state": _enum("proved", "NOT PROVED", "no dead-man", "not tried"),
        "dead_man_s": _or_null(NUMBER),
        "seen": TEXT,
        "took_s": NUMBER,
    },
)
SWEPT: Final = _object(
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
AMOUNTS: Final = {"type": "object", "additionalProperties": NUMBER}
MOMENT: Final = _object({"time_s": NUMBER, "volume_L": NUMBER, "amounts_mol": AMOUNTS, "concentrations_M": AMOUNTS})
KINETICS: Final = _object(
    {
        "ok": FLAG,
        "title": TEXT,
        "kinetics": _enum("macrocyclisation", "reductive-amination"),
        "substrate": TEXT,
        "times": {**_list(MOMENT), "description": "in the order of the file"},
        "yields": {**AMOUNTS, "description": "at the last time, by species: part of the substrate's units put in"},
        "peak": {
            **_object(
                {
                    "species": TEXT,
                    "value": NUMBER,
                    "value_unit": _enum("mol/L"),
                    "time": NUMBER,
                    "time_unit": _enum("s"),
                }
            ),
            "description": "highest concentration of the substrate from 0 s to the last time",
        },
    }
)
BAND: Final = _object({"value": NUMBER, "low": NUMBER, "high": NUMBER})
PREDICTION: Final = _object(
    {
        "ok": FLAG,
        "model": _enum("macrocyclisation", "reductive-amination"),
        "vessel": TEXT,
        "catalyst": _or_null(TEXT),
        "ring_size": WHOLE,
        "temperature_degC": NUMBER,
        "start_s": NUMBER,
        "end_s": NUMBER,
        "samples": WHOLE,
        "yields": {"type": "object", "additionalProperties": BAND},
        "kept": {
            "type": "object",
            "additionalProperties": BAND,
            "description": "at the end, by reagent of the model: part left of what was put in",
        },
        "peak_M": BAND,
        "times_s": _list(NUMBER),
        "concentrations_M": {"type": "object", "additionalProperties": _list(BAND)},
        "parameters": _list(PARAMETER),
        "against": _list(_object({"rule": TEXT, "statement": TEXT, "value": TEXT, "bound": TEXT, "remedy": TEXT})),
        "caution": TEXT,
    }
)
FIGURES: Final = {
    "type": "object",
    "additionalProperties": BAND,
    "description": "with the default constants, and where nine in ten of the samples lie; in `units`",
}
ADVISED: Final = _object(
    {
        "settings": {"type": "object", "additionalProperties": TEXT, "description": "for --set"},
        "figures": FIGURES,
        "share": {"type": "number", "description": "part of the samples that meet the targets"},
        "refills": WHOLE,
        "warnings": TEXTS,
        "pre_charged_ring": _or_null(BAND),
    }
)
ADVICE: Final = _object(
    {
        "ok": {"type": "boolean", "description": "whether a candidate meets the targets"},
        "targets": TEXTS,
        "minimise": _enum("time", "solvent", "catalyst"),
        "confidence": NUMBER,
        "tried": WHOLE,
        "planned": WHOLE,
        "met": WHOLE,
        "refused": {"type": "object", "additionalProperties": WHOLE, "description": "candidates, by code"},
        "levers": _list(
            _object({"kind": TEXT, "parameter": TEXT, "low": TEXT, "low_by": TEXT, "high": TEXT, "high_by": TEXT})
        ),
        "kept": _list(_object({"kind": TEXT, "why": TEXT})),
        "units": {"type": "object", "additionalProperties": TEXT},
        "now": _or_null(ADVISED),
        "rows": {**_list(ADVISED), "description": "the trade-off, the least of what is made small first"},
        "nearest": _or_null(ADVISED),
        "caution": TEXT,
    }
)
RESCALED: Final = _object(
    {
        "ok": {"type": "boolean", "description": "whether the new protocol can be planned on the rig"},
        "factor": NUMBER,
        "file": _or_null(TEXT),
        "edits": _list(_object({"line": WHOLE, "before": TEXT, "after": TEXT})),
        "changed": _list(_object({"part": TEXT, "name": TEXT, "what": TEXT, "before": TEXT, "after": TEXT})),
        "new": PROBLEMS,
        "gone": PROBLEMS,
        "physical": TEXTS,
        "syringes": TEXTS,
        "read_again": {**_list(WHOLE), "description": "lines whose words tell of the old scale"},
        "problems": PROBLEMS,
    }
)
BASIS: Final = _enum("stated", "implied", "added")
SOURCES: Final = {
    **_list({"type": "array", "items": {"type": "integer", "minimum": 1}, "minItems": 2, "maxItems": 2}),
    "description": "first and last line in the source document",
}
DIAGNOSIS: Final = _object(
    {
        "ok": FLAG,
        "run": _or_null(TEXT),
        "note": TEXT,
        "path": _list(
            _object(
                {
                    "id": TEXT,
                    "question": TEXT,
                    "answer": TEXT,
                    "from": _enum("run", "file"),
                    "why": TEXT,
                    "basis": BASIS,
                    "sources": SOURCES,
                }
            )
        ),
        "leaf": _object(
            {
                "id": TEXT,
                "recommendation": TEXT,
                "basis": BASIS,
                "sources": SOURCES,
                "caution": TEXT,
                "changes": _list(_object({"part": TEXT, "where": TEXT, "snippet": TEXT})),
            }
        ),
        "unused": {**TEXTS, "description": "questions that the answers file answers and that were not asked"},
    }
)
MAYBE_BAND: Final = {
    **_object({"value": _or_null(NUMBER), "low": _or_null(NUMBER), "high": _or_null(NUMBER)}),
    "description": "times of the run; null: not before the end of the reaction",
}
BANDS: Final = {"type": "object", "additionalProperties": BAND}
MEASURED: Final = _object(
    {
        "name": {**TEXT, "description": "of the sample"},
        "time_s": NUMBER,
        "conversion": NUMBER,
        "uncertainty": NUMBER,
        "expected": BAND,
        "far": {**FLAG, "description": "whether no set of constants within their ranges comes near it"},
    }
)
CORRECTION: Final = _object(
    {
        "samples": WHOLE,
        "counting": {**NUMBER, "description": "how many samples count after the measurements"},
        "measured": _list(MEASURED),
        "conversion": {**BAND, "description": "at the end, not corrected"},
        "reached_s": MAYBE_BAND,
        "corrected": _or_null(
            _object({"yields": BANDS, "conversion": BAND, "reached_s": MAYBE_BAND, "constants": BANDS})
        ),
    }
)
OUTLOOK: Final = _object(
    {
        "ok": FLAG,
        "run": TEXT,
        "verdict": TEXT,
        "model": _enum("macrocyclisation", "reductive-amination"),
        "vessel": TEXT,
        "start_s": {**NUMBER, "description": "time of the run at which the substrate began to flow"},
        "now_s": {**NUMBER, "description": "time of the last record"},
        "end_s": {**NUMBER, "description": "time of the run at which the reaction is over, by record or by plan"},
        "to_come_mL": {**NUMBER, "description": "still to be added"},
        "samples": WHOLE,
        "yields": {**BANDS, "description": "by species, part of the substrate's units put in, not corrected"},
        "peak_M": BAND,
        "correction": {**_or_null(CORRECTION), "description": "null where no conversion was entered"},
        "caution": TEXT,
    }
)
SERVED: Final = _object({"name": TEXT, "driver": TEXT, "url": TEXT, "pty": _or_null(TEXT)})

_SHAPES: Final[Mapping[str, Shape]] = {
    "check": CHECK,
    "plan": PLAN,
    "simulate": OUTCOME,
    "predict": PREDICTION,
    "outlook": OUTLOOK,
    "advise": ADVICE,
    "rescale": RESCALED,
    "kinetics": KINETICS,
    "diagnose": DIAGNOSIS,
    "run": OUTCOME,
    "resume": OUTCOME,
    "report": _object({"ok": FLAG, "run": TEXT, "report": TEXT, "problems": PROBLEMS}),
    "runs": _object({"folder": TEXT, "runs": _list(RUN_ROW)}),
    "journal verify": _object(
        {
            "ok": FLAG,
            "run": TEXT,
            "journal": TEXT,
            "reserve": _or_null(TEXT),
            "records": WHOLE,
            "sealed": FLAG,
            "head": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
            "good_bytes": WHOLE,
            "torn_bytes": WHOLE,
            "damage": TEXT,
        }
    ),
    "drivers": _object({"drivers": _list(DRIVER)}),
    "rig check": _object({"ok": FLAG, "rig": TEXT, "devices": _list(RIG_DEVICE), "problems": PROBLEMS}),
    "notify test": _object({"ok": FLAG, "channels": _list(DELIVERY)}),
    "rig prove": _object({"ok": FLAG, "rig": TEXT, "devices": _list(PROVED_DEVICE), "file": TEXT}),
    "faultsweep": _object({"ok": FLAG, "seed": WHOLE, "rows": _list(SWEPT)}),
    "simulator serve": _object({"control": TEXT, "devices": _list(SERVED)}),
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
