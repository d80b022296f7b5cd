"""The shapes of what the commands about reactions print with `--json`."""

from typing import Final

from ruggli.cli.shape_parts import (
    BAND,
    BANDS,
    DOSE,
    FLAG,
    NUMBER,
    PARAMETER,
    PROBLEMS,
    TEXT,
    TEXTS,
    WHOLE,
    list_of,
    object_of,
    one_of,
    or_null,
)

AMOUNTS: Final = {"type": "object", "additionalProperties": NUMBER}
MOMENT: Final = object_of({"time_s": NUMBER, "volume_L": NUMBER, "amounts_mol": AMOUNTS, "concentrations_M": AMOUNTS})
KINETICS: Final = object_of(
    {
        "ok": FLAG,
        "title": TEXT,
        "kinetics": one_of("macrocyclisation", "reductive-amination"),
        "substrate": TEXT,
        "times": {**list_of(MOMENT), "description": "in the order of the file"},
        "yields": {**AMOUNTS, "description": "at the last time, by species: part of the substrate's units put in"},
        "peak": {
            **object_of(
                {
                    "species": TEXT,
                    "value": NUMBER,
                    "value_unit": one_of("mol/L"),
                    "time": NUMBER,
                    "time_unit": one_of("s"),
                }
            ),
            "description": "highest concentration of the substrate from 0 s to the last time",
        },
    }
)
PREDICTION: Final = object_of(
    {
        "ok": FLAG,
        "model": one_of("macrocyclisation", "reductive-amination"),
        "vessel": TEXT,
        "catalyst": or_null(TEXT),
        "ring_size": WHOLE,
        "temperature_degC": NUMBER,
        "remark": {**TEXT, "description": "what the constants leave out or take into account, or empty"},
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
        "times_s": list_of(NUMBER),
        "concentrations_M": {"type": "object", "additionalProperties": list_of(BAND)},
        "parameters": list_of(PARAMETER),
        "against": list_of(object_of({"rule": TEXT, "statement": TEXT, "value": TEXT, "bound": TEXT, "remedy": TEXT})),
        "caution": TEXT,
        "problems": PROBLEMS,
    }
)
FIGURES: Final = {
    "type": "object",
    "additionalProperties": BAND,
    "description": "with the default constants, and where nine in ten of the samples lie; in `units`",
}
ADVISED: Final = object_of(
    {
        "settings": {"type": "object", "additionalProperties": TEXT, "description": "for --set"},
        "figures": FIGURES,
        "share": {"type": "number", "description": "part of the samples that meet the targets"},
        "refills": WHOLE,
        "warnings": TEXTS,
        "pre_charged_ring": or_null(BAND),
    }
)
ADVICE: Final = object_of(
    {
        "ok": {"type": "boolean", "description": "whether a candidate meets the targets"},
        "targets": TEXTS,
        "minimise": one_of("time", "solvent", "catalyst"),
        "confidence": NUMBER,
        "tried": WHOLE,
        "planned": WHOLE,
        "met": WHOLE,
        "refused": {"type": "object", "additionalProperties": WHOLE, "description": "candidates, by code"},
        "levers": list_of(
            object_of({"kind": TEXT, "parameter": TEXT, "low": TEXT, "low_by": TEXT, "high": TEXT, "high_by": TEXT})
        ),
        "kept": list_of(object_of({"kind": TEXT, "why": TEXT})),
        "units": {"type": "object", "additionalProperties": TEXT},
        "now": or_null(ADVISED),
        "rows": {**list_of(ADVISED), "description": "the trade-off, the least of what is made small first"},
        "nearest": or_null(ADVISED),
        "caution": TEXT,
    }
)
RESCALED: Final = object_of(
    {
        "ok": {"type": "boolean", "description": "whether the new protocol can be planned on the rig"},
        "factor": NUMBER,
        "file": or_null(TEXT),
        "edits": list_of(object_of({"line": WHOLE, "before": TEXT, "after": TEXT})),
        "changed": list_of(object_of({"part": TEXT, "name": TEXT, "what": TEXT, "before": TEXT, "after": TEXT})),
        "new": PROBLEMS,
        "gone": PROBLEMS,
        "physical": TEXTS,
        "syringes": TEXTS,
        "read_again": {**list_of(WHOLE), "description": "lines whose words tell of the old scale"},
        "problems": PROBLEMS,
    }
)
NEEDED: Final = object_of(
    {"reagent": TEXT, "name": TEXT, "amount_mmol": NUMBER, "mass_g": or_null(NUMBER), "volume_mL": or_null(NUMBER)},
    {"role": TEXT, "runs": {**WHOLE, "description": "how many runs use it"}},
)
PANEL_RUN: Final = object_of(
    {
        "number": {"type": "integer", "minimum": 1},
        "settings": {"type": "object", "additionalProperties": TEXT},
        "ok": FLAG,
        "duration_s": NUMBER,
        "reagents": {**list_of(NEEDED), "description": "mass and volume with what stays in lines and syringes"},
        "command": {**TEXT, "description": "starts this run"},
        "problems": PROBLEMS,
    },
    {"dry_run": object_of({"verdict": TEXT, "cause": TEXT, "folder": TEXT, "doses": list_of(DOSE)})},
)
PANEL: Final = object_of(
    {
        "ok": FLAG,
        "protocol": TEXT,
        "rig_name": TEXT,
        "over": {"type": "object", "additionalProperties": TEXTS},
        "runs": list_of(PANEL_RUN),
        "shopping": {**list_of(NEEDED), "description": "all runs that are not refused, together"},
        "duration_s": {**NUMBER, "description": "these runs one after the other, cleaning not counted"},
    }
)
BASIS: Final = one_of("stated", "implied", "added")
SOURCES: Final = {
    **list_of({"type": "array", "items": {"type": "integer", "minimum": 1}, "minItems": 2, "maxItems": 2}),
    "description": "first and last line in the source document",
}
DIAGNOSIS: Final = object_of(
    {
        "ok": FLAG,
        "run": or_null(TEXT),
        "note": TEXT,
        "path": list_of(
            object_of(
                {
                    "id": TEXT,
                    "question": TEXT,
                    "answer": TEXT,
                    "from": one_of("run", "file"),
                    "why": TEXT,
                    "basis": BASIS,
                    "sources": SOURCES,
                }
            )
        ),
        "leaf": object_of(
            {
                "id": TEXT,
                "recommendation": TEXT,
                "basis": BASIS,
                "sources": SOURCES,
                "caution": TEXT,
                "command": TEXT,
                "changes": list_of(object_of({"part": TEXT, "where": TEXT, "snippet": TEXT})),
            }
        ),
        "unused": {**TEXTS, "description": "questions that the answers file answers and that were not asked"},
    }
)
MAYBE_BAND: Final = {
    **object_of({"value": or_null(NUMBER), "low": or_null(NUMBER), "high": or_null(NUMBER)}),
    "description": "times of the run; null: not before the end of the reaction",
}
MEASURED: Final = object_of(
    {
        "name": {**TEXT, "description": "of the sample"},
        "time_s": NUMBER,
        "conversion": NUMBER,
        "uncertainty": NUMBER,
        "expected": BAND,
        "far": {**FLAG, "description": "whether no set of constants within their ranges comes near it"},
    }
)
CORRECTION: Final = object_of(
    {
        "samples": WHOLE,
        "counting": {**NUMBER, "description": "how many samples count after the measurements"},
        "measured": list_of(MEASURED),
        "conversion": {**BAND, "description": "at the end, not corrected"},
        "reached_s": MAYBE_BAND,
        "corrected": or_null(
            object_of({"yields": BANDS, "conversion": BAND, "reached_s": MAYBE_BAND, "constants": BANDS})
        ),
    }
)
OUTLOOK: Final = object_of(
    {
        "ok": FLAG,
        "run": TEXT,
        "verdict": TEXT,
        "model": one_of("macrocyclisation", "reductive-amination"),
        "vessel": TEXT,
        "start_s": {**NUMBER, "description": "time of the run at which the substrate began to flow"},
        "now_s": {**NUMBER, "description": "time of the last record"},
        "end_s": {**NUMBER, "description": "time of the run at which the reaction is over, by record or by plan"},
        "to_come_mL": {**NUMBER, "description": "still to be added"},
        "samples": WHOLE,
        "yields": {**BANDS, "description": "by species, part of the substrate's units put in, not corrected"},
        "peak_M": BAND,
        "correction": {**or_null(CORRECTION), "description": "null where no conversion was entered"},
        "caution": TEXT,
    }
)
