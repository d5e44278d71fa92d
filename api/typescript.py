"""TypeScript types of what goes between the exchange and its web client, from OpenAPI and from the events."""

from __future__ import annotations

import functools
import json
import operator
import re
from collections.abc import Mapping
from typing import Any, cast

from pydantic import TypeAdapter

from api.events import events
from pbxsite.api import api

HEAD = "// Made by `manage.py api_types` from the API's own description: changes here are lost.\n\n"
LONGEST = 110  # characters of a line
Schema = Mapping[str, Any]
PREFIX = "/api/v1"


def api_types() -> str:
    """api.ts: the shapes, and every operation with what it takes and answers."""
    description = json.loads(json.dumps(api.get_openapi_schema(), default=str))
    shapes = description["components"]["schemas"]
    parts = [_declare(name, shape) for name, shape in sorted(shapes.items())]
    return HEAD + "\n".join(parts) + "\n" + _operations(description["paths"])


def event_types() -> str:
    """events.ts: what comes over the socket."""
    adapter: TypeAdapter[Any] = TypeAdapter(functools.reduce(operator.or_, cast(Any, events())))
    schema = adapter.json_schema(ref_template="#/components/schemas/{model}")
    shapes = dict(schema.pop("$defs"))
    known = set(api.get_openapi_schema()["components"]["schemas"])
    names = [one.__name__ for one in events()]
    parts = [_declare(name, shape) for name, shape in sorted(shapes.items()) if name not in known]
    union = "export type Event =\n" + "\n".join(f"    | {name}" for name in names) + ";\n"
    message = "export interface SocketMessage {\n    id: string;\n    events: Event[];\n}\n"
    text = "\n".join([*parts, union, message])
    used = [name for name in sorted(known & set(shapes)) if re.search(rf"\b{name}\b", text)]
    return f'{HEAD}import type {{ {", ".join(used)} }} from "./api";\n\n{text}'


def _declare(name: str, schema: Schema) -> str:
    words = _comment(schema.get("description", ""), "")
    if schema.get("type") != "object":
        return f"{words}export type {name} = {_type(schema)};\n"
    needed = set(schema.get("required", ()))
    lines = [f"{words}export interface {name} {{"]
    for field, shape in schema.get("properties", {}).items():
        lines.append(f"    {field}{'' if field in needed else '?'}: {_type(shape)};")
    return "\n".join([*lines, "}", ""])


def _comment(text: str, indent: str) -> str:
    lines = [line.strip() for line in text.strip().splitlines() if line.strip()]
    if not lines:
        return ""
    if len(lines) == 1:
        return f"{indent}/** {lines[0]} */\n"
    return "\n".join([f"{indent}/**", *(f"{indent} * {line}" for line in lines), f"{indent} */", ""])


def _type(schema: Schema) -> str:
    """A JSON Schema as a TypeScript type. Raises ValueError for what no shape here uses."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    for key in ("anyOf", "oneOf"):
        if key in schema:
            return " | ".join(dict.fromkeys(_type(one) for one in schema[key]))
    if "allOf" in schema and len(schema["allOf"]) == 1:
        return _type(schema["allOf"][0])
    if "enum" in schema:
        return " | ".join(json.dumps(one) for one in schema["enum"])
    if "const" in schema:
        return json.dumps(schema["const"])
    match schema.get("type"):
        case "string":
            return "Blob" if schema.get("format") == "binary" else "string"
        case "integer" | "number":
            return "number"
        case "boolean":
            return "boolean"
        case "null":
            return "null"
        case "array":
            inner = _type(schema["items"])
            return f"({inner})[]" if " | " in inner else f"{inner}[]"
        case "object":
            if properties := schema.get("properties"):
                needed = set(schema.get("required", ()))
                fields = [
                    f"{name}{'' if name in needed else '?'}: {_type(one)}" for name, one in properties.items()
                ]
                return f"{{ {'; '.join(fields)} }}"
            return "Record<string, unknown>"
    raise ValueError(f"no TypeScript for {schema}")


def _operations(paths: Mapping[str, Mapping[str, Schema]]) -> str:
    """An interface whose keys are "METHOD /path"."""
    lines = ["/** Every operation: what its path, query and body hold, and what it answers. */"]
    lines.append("export interface Operations {")
    for path, methods in sorted(paths.items()):
        for method, operation in methods.items():
            lines.append(f'    "{method.upper()} {path.removeprefix(PREFIX)}": {{')
            for place in ("path", "query"):
                found = [one for one in operation.get("parameters", ()) if one["in"] == place]
                fields = [
                    f"{one['name']}{'' if one.get('required') else '?'}: {_type(one['schema'])}"
                    for one in found
                ]
                lines.append(
                    f"        {place}: {'{ ' + '; '.join(fields) + ' }' if fields else 'undefined'};"
                )
            lines.append(f"        body: {_body(operation)};")
            lines.append(f"        answer: {_answer(operation)};")
            lines.append("    };")
    return "\n".join([*lines, "}", ""])


def _body(operation: Schema) -> str:
    content = operation.get("requestBody", {}).get("content", {})
    if "multipart/form-data" in content:
        return "FormData"
    return _type(content["application/json"]["schema"]) if content else "undefined"


def _answer(operation: Schema) -> str:
    for status, answer in operation["responses"].items():
        if str(status).startswith("2"):
            content = answer.get("content", {}).get("application/json")
            return _type(content["schema"]) if content else "undefined"
    return "undefined"
