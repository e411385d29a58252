"""The OpenAPI document as a list to read: every operation, what it takes, what it answers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from livestream.api.schema import WORDS

USUAL_REFUSALS = [(str(status), words) for status, (words, _code, _fields) in WORDS.items()]
CHOICE = re.compile(r"^\* `([^`]*)` - (.*)$")
METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter, or a field of a body."""

    name: str
    kind: str
    is_required: bool
    note: str
    where: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    status: str
    note: str
    fields: list[Field]
    is_usual_refusal: bool = False  # said once for all operations

    @property
    def is_refusal(self) -> bool:
        return self.status >= "400"


@dataclass(frozen=True, slots=True)
class Operation:
    id: str
    method: str
    path: str
    summary: str
    description: str
    parameters: list[Field]
    body: list[Field]
    answers: list[Answer]


def resolved(schema: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    """A schema, or what its `$ref` points to inside the document."""
    found: dict[str, Any] = schema
    if ref := schema.get("$ref"):
        found = document
        for part in ref.removeprefix("#/").split("/"):
            found = found[part]
    return found


def kind_of(schema: dict[str, Any], document: dict[str, Any]) -> str:
    """`string (uuid)`, `array of integer`, `object`, `a or b`."""
    schema = resolved(schema, document)
    for several in ("oneOf", "anyOf", "allOf"):
        if several in schema:
            return " | ".join(kind_of(part, document) for part in schema[several])
    if schema.get("type") == "array":
        return f"array of {kind_of(schema.get('items', {}), document)}"
    kind = str(schema.get("type", "any"))
    return f"{kind} ({schema['format']})" if "format" in schema else kind


def fields_of(schema: dict[str, Any], document: dict[str, Any], prefix: str = "", depth: int = 3) -> list[Field]:
    """The fields of an object, those of inner objects after them as `outer.inner` and `list[].inner`."""
    schema = resolved(schema, document)
    if schema.get("type") == "array":
        return fields_of(schema.get("items", {}), document, f"{prefix}[]", depth)
    fields: list[Field] = []
    for name, inner in schema.get("properties", {}).items():
        path = f"{prefix}.{name}" if prefix else name
        is_required = name in schema.get("required", [])
        fields.append(Field(path, kind_of(inner, document), is_required, plain(str(inner.get("description", "")))))
        if depth:
            fields += fields_of(inner, document, path, depth - 1)
    return fields


def plain(note: str) -> str:
    """A note without marks; the list of values that stands in it as one line, each value with its word."""
    lines = [
        CHOICE.sub(lambda found: found[1] if found[1] == found[2] else f"{found[1]} {found[2]}", line)
        for line in note.split("\n")
    ]
    return " · ".join(line for line in lines if line).replace("`", "")


def content_fields(part: dict[str, Any], document: dict[str, Any]) -> list[Field]:
    for content in part.get("content", {}).values():
        return fields_of(content.get("schema", {}), document)
    return []


def _answer(status: str, said: dict[str, Any], document: dict[str, Any]) -> Answer:
    words = str(said.get("description", ""))
    is_usual = (status, words) in set(USUAL_REFUSALS)
    return Answer(status, words, content_fields(said, document), is_usual)


def operations(document: dict[str, Any]) -> list[Operation]:
    """Every operation of an OpenAPI 3 document, by path and then by method."""
    found: list[Operation] = []
    for path, item in sorted(document.get("paths", {}).items()):
        for method in METHODS:
            if method not in item:
                continue
            said = item[method]
            parameters = [
                Field(
                    parameter["name"],
                    kind_of(parameter.get("schema", {}), document),
                    bool(parameter.get("required")),
                    plain(str(parameter.get("description", ""))),
                    parameter["in"],
                )
                for parameter in [*item.get("parameters", []), *said.get("parameters", [])]
            ]
            answers = [_answer(status, answer, document) for status, answer in sorted(said.get("responses", {}).items())]
            body = content_fields(said.get("requestBody", {}), document)
            description = str(said.get("description", "")).replace("`", "")
            summary = str(said.get("summary", "")) or description.split("\n", 1)[0]
            found.append(
                Operation(said.get("operationId", ""), method.upper(), path, summary, description, parameters, body, answers)
            )
    return found
