"""The JSON Schema that editors use agrees with what the loader accepts."""

import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from ruggli.protocol.model import StepClass
from ruggli.protocol.schema import protocol_schema

PROTOCOLS = sorted((Path(__file__).parents[2] / "protocols").glob("*.yaml"))


class EditorLoader(yaml.SafeLoader):
    """YAML 1.2 core scalars as editors read them: `off` is text, 4 a number, true a boolean."""


EditorLoader.yaml_implicit_resolvers = {}
EditorLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
EditorLoader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^[-+]?[0-9]+$"), list("-+0123456789"))
EditorLoader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"^[-+]?[0-9]+\.[0-9]+$"), list("-+0123456789")
)


def as_editor(path: Path) -> dict[str, Any]:
    data: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader=EditorLoader)
    return data


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft202012Validator:
    schema = protocol_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("loader", [EditorLoader, yaml.BaseLoader])
@pytest.mark.parametrize("path", PROTOCOLS, ids=lambda path: path.stem)
def test_shipped_protocols_are_valid_to_an_editor(
    validator: jsonschema.Draft202012Validator, path: Path, loader: Any
) -> None:
    data = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)
    assert [error.message for error in validator.iter_errors(data)] == []


def slow_addition() -> dict[str, Any]:
    """The template, with a heating step before its dose."""
    data = as_editor(next(path for path in PROTOCOLS if path.stem == "slow-addition"))
    data["steps"].insert(2, {"id": "warm", "do": "heat", "vessel": "flask", "to": "25 degC", "class": "feed"})
    return data


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("ruggli",), 2),
        (("parameters", "volume", "colour"), "red"),
        (("reagents", "substrate", "role"), "substate"),
        (("reagents", "substrate", "molar_mass"), "434.583"),
        (("solutions", "substrate_solution", "volume"), "30 mL/h"),
        (("solutions", "substrate_solution", "solutes"), []),
        (("solutions", "bad name"), {"solutes": ["substrate"], "solvent": "toluene"}),
        (("steps", 1, "speed"), "50 %"),
        (("steps", 2, "to"), "25 C"),
        (("steps", 2, "class"), "fed"),
        (("steps", 3, "duration"), "two hours"),
        (("steps", 3, "duration"), "$2 h"),
        (("steps", 3, "durations"), "2 h"),
        (("steps", 3, "do"), "$addition_time"),
        (("steps", 3, "goto"), "charge"),
        (("steps", 0, "note"), None),
        (("include",), "other.yaml"),
    ],
    ids=str,
)
def test_bad_values_are_refused(
    validator: jsonschema.Draft202012Validator, path: tuple[str | int, ...], value: object
) -> None:
    data = slow_addition()
    place: Any = data
    for part in path[:-1]:
        place = place[part]
    place[path[-1]] = value
    assert not validator.is_valid(data)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("steps", 1, "speed"), "off"),
        (("steps", 2, "class"), "$addition_time"),
        (("steps", 2, "to"), "reflux"),
        (("steps", 2, "to"), "$addition_time"),
        (("steps", 3, "stir"), True),
        (("steps", 3, "stir"), "$addition_time"),
        (("parameters", "volume", "default"), 4),
        (("unattended",), True),
    ],
    ids=str,
)
def test_every_right_form_is_accepted(
    validator: jsonschema.Draft202012Validator, path: tuple[str | int, ...], value: object
) -> None:
    data = slow_addition()
    place: Any = data
    for part in path[:-1]:
        place = place[part]
    place[path[-1]] = value
    assert [error.message for error in validator.iter_errors(data)] == []


def test_class_is_named_as_in_the_file_and_offers_every_word() -> None:
    definitions = protocol_schema()["$defs"]
    assert "class" in definitions["Dose"]["properties"]
    assert "class" in definitions["Dose"]["required"]
    assert "class_" not in str(definitions)
    assert definitions["StepClass"]["anyOf"][0]["enum"] == [item.value for item in StepClass]


def test_editors_are_told_the_right_form() -> None:
    rate = protocol_schema()["$defs"]["Dose"]["properties"]["rate"]
    assert rate["patternErrorMessage"] == "write a number and a unit of flow rate, e.g. 5 mL/h"
    assert rate["description"].startswith("flow rate")


def test_no_value_may_be_null() -> None:
    assert "null" not in str(protocol_schema())
