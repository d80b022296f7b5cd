"""The JSON Schema of rig files, for editors and other programs."""

from typing import Any

from ruggli.rig.model import Rig

SCHEMA_FILE = "ruggli-rig.schema.json"
"""The file name that the first line of a rig file points at; `ruggli schema rig > ruggli-rig.schema.json` writes it."""


def rig_schema() -> dict[str, Any]:
    """The schema of a rig file (JSON Schema 2020-12). What goes across keys is checked by `ruggli rig check` only."""
    schema = Rig.model_json_schema()
    schema["properties"]["ruggli"] = {"enum": [1, "1"], "description": "version of the file format"}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Ruggli rig file"} | schema
