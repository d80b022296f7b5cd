"""The JSON Schema of what `ruggli compare` prints with `--json`."""

from typing import Final

from ruggli.cli.shape_parts import FLAG, NUMBER, TEXT, TEXTS, list_of, object_of

RESULT: Final = object_of({"result": TEXT, "of": TEXT, "value": NUMBER, "unit": TEXT})
COMPARED: Final = object_of(
    {
        "ok": FLAG,
        "differing": {**TEXTS, "description": "parameters in which the runs are not all alike"},
        "runs": list_of(
            object_of(
                {
                    "run": TEXT,
                    "folder": TEXT,
                    "protocol": TEXT,
                    "simulated": FLAG,
                    "settings": {"type": "object", "additionalProperties": TEXT},
                    "verdict": TEXT,
                    "duration_s": NUMBER,
                    "delivered_mL": {
                        "type": "array",
                        "items": NUMBER,
                        "minItems": 2,
                        "maxItems": 2,
                        "description": "all doses together, at least and at most; 0 where the run did not end",
                    },
                    "results": {**list_of(RESULT), "description": "the last figure of each result of an analysis"},
                    "answers": {
                        "type": "object",
                        "additionalProperties": TEXT,
                        "description": "what was typed where an `operator` step asks for a value, by step",
                    },
                }
            )
        ),
    }
)
