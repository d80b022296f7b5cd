"""The JSON Schema of what `ruggli panel` prints with `--json`."""

from typing import Final

from ruggli.cli.shape_parts import DOSE, FLAG, NUMBER, PROBLEMS, TEXT, TEXTS, WHOLE, list_of, object_of, or_null

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
