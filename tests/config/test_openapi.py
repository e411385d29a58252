"""The OpenAPI document as a list to read."""

from __future__ import annotations

from config.openapi import Answer, Field, Operation, operations

DOCUMENT = {
    "components": {
        "schemas": {
            "Totals": {"type": "object", "required": ["orders"], "properties": {"orders": {"type": "integer"}}},
            "Frame": {
                "type": "object",
                "required": ["totals"],
                "properties": {
                    "totals": {"$ref": "#/components/schemas/Totals"},
                    "items": {"type": "array", "items": {"$ref": "#/components/schemas/Totals"}},
                    "left": {"anyOf": [{"type": "integer"}, {"type": "null"}], "description": "stock"},
                },
            },
        }
    },
    "paths": {
        "/b/": {"post": {"operationId": "b", "requestBody": {"content": {"json": {"schema": {"$ref": "#/components/schemas/Totals"}}}}}},
        "/a/{id}/": {
            "get": {
                "operationId": "a",
                "description": "One.\nTwo.",
                "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}],
                "responses": {
                    "200": {"description": "", "content": {"json": {"schema": {"$ref": "#/components/schemas/Frame"}}}},
                    "404": {"description": "none"},
                },
            }
        },
    },
}  # fmt: skip


def test_operations_come_by_path_with_all_they_take_and_answer():
    frame = [
        Field("totals", "object", True, ""),
        Field("totals.orders", "integer", True, ""),
        Field("items", "array of object", False, ""),
        Field("items[].orders", "integer", True, ""),
        Field("left", "integer | null", False, "stock"),
    ]
    assert operations(DOCUMENT) == [
        Operation(
            "a", "GET", "/a/{id}/", "One.", "One.\nTwo.", [Field("id", "string (uuid)", True, "", "path")], [],
            [Answer("200", "", frame), Answer("404", "none", [])],
        ),
        Operation("b", "POST", "/b/", "", "", [], [Field("orders", "integer", True, "")], []),
    ]  # fmt: skip


def test_a_document_without_paths_has_no_operations():
    assert operations({}) == []


def test_a_schema_that_holds_itself_ends():
    node = {"type": "object", "properties": {"next": {"$ref": "#/node"}}}
    document = {"node": node, "paths": {"/": {"get": {"responses": {"200": {"content": {"json": {"schema": node}}}}}}}}

    (operation,) = operations(document)

    assert [field.name for field in operation.answers[0].fields] == ["next", "next.next", "next.next.next", "next.next.next.next"]
