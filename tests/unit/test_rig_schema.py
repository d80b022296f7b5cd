"""The JSON Schema of rig files: valid, accepts what ships, refuses what an editor should underline."""

from typing import Any

import jsonschema
import pytest
import yaml

from ruggli.app.builtin import find_rig, rig_names
from ruggli.rig.schema import SCHEMA_FILE, rig_schema


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft202012Validator:
    jsonschema.Draft202012Validator.check_schema(rig_schema())
    return jsonschema.Draft202012Validator(rig_schema())


def bench() -> dict[str, Any]:
    # As an editor reads it: numbers and booleans are not text.
    loaded: dict[str, Any] = yaml.safe_load(find_rig("bench")[1])
    return loaded


@pytest.mark.parametrize("name", rig_names())
def test_shipped_rigs_fit(validator: jsonschema.Draft202012Validator, name: str) -> None:
    validator.validate(yaml.safe_load(find_rig(name)[1]))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("ruggli",), 99),
        (("vessel",), {}),
        (("devices", "plate", "dead_man"), "30"),
        (("devices", "plate", "plate_cap"), "150 C"),
        (("devices", "pump_a", "syringe", "size"), "50 mL/h"),
        (("devices", "pump_a", "syringe", "sise"), "50 mL"),
        (("devices", "pump_a", "address"), 100),
        (("vessels", "flask", "position", "probe"), "plate"),
    ],
)
def test_what_an_editor_underlines(
    validator: jsonschema.Draft202012Validator, path: tuple[str, ...], value: object
) -> None:
    data = bench()
    inner = data
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    assert not validator.is_valid(data)


@pytest.mark.parametrize("name", rig_names())
def test_first_line_points_at_the_schema(name: str) -> None:
    first = find_rig(name)[1].decode().splitlines()[0]
    assert first == f"# yaml-language-server: $schema={SCHEMA_FILE}"
