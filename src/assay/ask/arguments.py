"""Arguments of tools, held against their JSON schema before anything runs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from assay.errors import UsageError

MAX_TEXT = 4000
_TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "boolean": bool,
    "integer": int,
    "array": list,
}


def checked(schema: Mapping[str, Any], given: Any) -> dict[str, Any]:
    """The arguments, if they are of the types that the schema names.

    Args:
        schema: Of an object whose properties are strings, booleans, integers or lists of strings.
        given: A mapping, or JSON text of one.

    Raises:
        UsageError: They are not.
    """
    if isinstance(given, str):
        try:
            given = json.loads(given) if given.strip() else {}
        except (ValueError, RecursionError) as error:
            raise UsageError("The arguments are not JSON, and nothing was run.") from error
    if not isinstance(given, Mapping):
        raise UsageError("The arguments are not a JSON object, and nothing was run.")
    properties = schema["properties"]
    unknown = [str(name) for name in given if name not in properties]
    missing = [name for name in schema["required"] if given.get(name) is None]
    if unknown or missing:
        wrong = f"unknown: {unknown[0][:60]}" if unknown else f"missing: {missing[0]}"
        raise UsageError(
            f"The arguments do not fit ({wrong}), and nothing was run.",
            allowed=", ".join(properties) or "no arguments",
        )
    found = {name: value for name, value in given.items() if value is not None}
    for name, value in found.items():
        if (problem := _problem(properties[name], value)) is not None:
            raise UsageError(f"'{name}' {problem}, and nothing was run.")
    return found


def _problem(schema: Mapping[str, Any], value: Any) -> str | None:
    kind = str(schema["type"])
    whole = kind == "integer" and isinstance(value, bool)
    if whole or not isinstance(value, _TYPES[kind]):
        return f"has to be of the type {kind}"
    if isinstance(value, str) and len(value) > MAX_TEXT:
        return f"has more than {MAX_TEXT:,} characters"
    if isinstance(value, int) and "minimum" in schema:
        low, high = schema["minimum"], schema["maximum"]
        return None if low <= value <= high else f"has to be from {low} to {high}"
    if isinstance(value, list):
        if len(value) > schema["maxItems"]:
            return f"has more than {schema['maxItems']} items"
        return next((p for item in value if (p := _problem(schema["items"], item))), None)
    return None
