"""The OpenAPI document itself: valid, and without one warning of its maker."""

from __future__ import annotations

from django.core.management import call_command


def test_schema_is_valid_and_its_maker_has_nothing_to_warn_of(tmp_path):
    file = tmp_path / "schema.yaml"

    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(file))

    assert file.read_text().startswith("openapi: 3.")
