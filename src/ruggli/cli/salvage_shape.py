"""The JSON Schema of what `ruggli salvage --json` prints."""

from typing import Final

from ruggli.cli.shape_parts import (
    BAND,
    BANDS,
    FLAG,
    NUMBER,
    PARAMETER,
    TEXT,
    TEXTS,
    list_of,
    object_of,
    one_of,
    or_null,
)

ENDS: Final = {"type": "array", "items": NUMBER, "minItems": 2, "maxItems": 2, "description": "at least, at most"}
SALVAGE: Final = object_of(
    {
        "ok": FLAG,
        "run": TEXT,
        "verdict": TEXT,
        "cause": TEXT,
        "simulated": {**FLAG, "description": "then `resumable` is told as if its bench still stood there"},
        "step": or_null(TEXT),
        "recorded_s": NUMBER,
        "stood_s": NUMBER,
        "heating": FLAG,
        "temperature_degC": or_null(NUMBER),
        "standing_degC": {**NUMBER, "description": "taken for the time since the record ended"},
        "vessel": TEXT,
        "volume_mL": or_null(NUMBER),
        "resumable": FLAG,
        "not_resumable": TEXT,
        "reagents": list_of(
            object_of({"reagent": TEXT, "name": TEXT, "planned_mmol": NUMBER, "in_mmol": ENDS, "left_mmol": NUMBER})
        ),
        "feeds": list_of(
            object_of(
                {
                    "step": TEXT,
                    "solution": TEXT,
                    "device": TEXT,
                    "planned_mL": NUMBER,
                    "delivered_mL": ENDS,
                    "left_mL": NUMBER,
                    "in_syringe_mL": NUMBER,
                    "in_line_mL": NUMBER,
                    "not_loaded_mL": NUMBER,
                    "filled_for_s": or_null(NUMBER),
                }
            )
        ),
        "now": or_null(BANDS),
        "reaction": or_null(TEXT),
        "partner": {**or_null(BAND), "description": "live catalyst or hydride left over, as part of what was put in"},
        "options": list_of(
            object_of(
                {
                    "id": TEXT,
                    "title": TEXT,
                    "standing": one_of("possible", "not advised", "not possible"),
                    "why": TEXTS,
                    "do": TEXTS,
                    "takes_s": or_null(NUMBER),
                    "expected": or_null(
                        object_of(
                            {
                                "fed_mmol": NUMBER,
                                "yields": BANDS,
                                "ring": BAND,
                                "coupled": BAND,
                                "left_over": BAND,
                                "ring_of_planned": BAND,
                                "peak_M": BAND,
                            }
                        )
                    ),
                }
            )
        ),
        "parameters": list_of(PARAMETER),
        "unpredicted": TEXT,
        "caution": TEXT,
    }
)
