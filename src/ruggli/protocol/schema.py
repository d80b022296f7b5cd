"""The JSON Schema of the protocol file, for editors.

An editor reads YAML with its own types where Ruggli reads text, and sees a file before parameters are put in place.
So every value may also be a `$NAME`, whole numbers and booleans may be written bare, and there is no null.
"""

from typing import Any, Final

from ruggli.protocol.model import Parameter, Protocol
from ruggli.protocol.parameters import USE_PATTERN

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
SCHEMA_FILE: Final = "ruggli-protocol.schema.json"
"""The file name that the first line of a generated protocol file points at."""
_USE: Final = "ParameterUse"
_FIXED: Final = ("do", "ruggli")
"""Keys that no parameter may fill: they decide how the rest is read."""


def protocol_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a protocol file; plain JSON data, a fresh copy."""
    schema = Protocol.model_json_schema(by_alias=True)
    definitions: dict[str, Any] = schema.pop("$defs")
    own = definitions.pop(Parameter.__name__)
    result = _with_uses(_without_null(schema))
    result["$defs"] = {name: _with_uses(_without_null(part)) for name, part in sorted(definitions.items())}
    result["$defs"][Parameter.__name__] = _bare_values(_without_null(own))
    result["$defs"][_USE] = {
        "type": "string",
        "pattern": f"^{USE_PATTERN}$",
        "description": "the value of a parameter, e.g. $addition_time",
        "patternErrorMessage": "write $ and the name of a parameter",
    }
    result["properties"]["ruggli"] = {"enum": ["1", 1], "description": "version of the file format"}
    return {"$schema": DIALECT, **result, "title": "Ruggli protocol file"}


def _with_uses(schema: dict[str, Any], key: str = "") -> dict[str, Any]:
    """The same schema, in which every single value may be a parameter's."""
    result: dict[str, Any] = {}
    for name, part in schema.items():
        if name == "properties":
            result[name] = {inner: _with_uses(item, inner) for inner, item in part.items()}
        elif name == "patternProperties":
            result[name] = {inner: _with_uses(item) for inner, item in part.items()}
            result["additionalProperties"] = False
        elif name == "items":
            result[name] = _with_uses(part)
        elif name in ("anyOf", "oneOf"):
            result[name] = [_with_uses(item, _FIXED[0]) for item in part]
        elif name != "discriminator":
            result[name] = part
    if key in _FIXED or "$ref" in schema:
        return result
    if "pattern" in schema:
        result["pattern"] = f"^{USE_PATTERN}$|{schema['pattern']}"
    elif "enum" in schema or "const" in schema:
        result = _or_use(result, [{name: result.pop(name) for name in ("enum", "const", "type") if name in result}])
    elif "anyOf" in schema:
        result = _or_use(result, result.pop("anyOf"))
    return result


def _or_use(rest: dict[str, Any], choices: list[dict[str, Any]]) -> dict[str, Any]:
    """A choice that holds a bare word or value may be a parameter's use; one between references and null is left."""
    if any(choice.keys() & {"enum", "const"} or choice.get("type") in ("boolean", "integer") for choice in choices):
        choices = [*choices, {"$ref": f"#/$defs/{_USE}"}]
    return {**rest, "anyOf": choices}


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """The same schema without null: a key without a value is refused, an absent one is left out."""
    result = {name: part for name, part in schema.items() if name != "default" or _has_value(part)}
    for name in ("properties", "patternProperties"):
        if name in result:
            result[name] = {key: _without_null(part) for key, part in result[name].items()}
    if "items" in result:
        result["items"] = _without_null(result["items"])
    choices = [_without_null(choice) for choice in result.pop("anyOf", ()) if choice != {"type": "null"}]
    if len(choices) == 1:
        return {**choices[0], **result}
    return {**result, "anyOf": choices} if choices else result


def _has_value(default: object) -> bool:
    return default is not None and not isinstance(default, dict)


def _bare_values(parameter: dict[str, Any]) -> dict[str, Any]:
    """A parameter's own values may be bare numbers or booleans to an editor."""
    for key in ("default", "min", "max"):
        parameter["properties"][key]["type"] = ["string", "number", "boolean"]
    parameter["properties"]["words"]["items"]["type"] = ["string", "number", "boolean"]
    return parameter
