"""Operations in one step. With each of them that changes a state whose classes are there, Django makes the classes of all related
models anew, some fifty of them each time: here they are made once, for all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.migrations.operations.base import Operation
from django.db.migrations.operations.models import CreateModel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.migrations.state import ProjectState


class Together(Operation):
    """`operations` run in their order, each between the state before all of them and the state after. So none may build on another:
    no table that is made here and added to, no column or constraint twice (a trigger may be removed and added), no RunPython."""

    def __init__(self, operations: Sequence[Operation]) -> None:
        made = {operation.name_lower for operation in operations if isinstance(operation, CreateModel)}
        if twice := made & {getattr(operation, "model_name", "").lower() for operation in operations}:
            raise ValueError(f"made and added to in one step: {twice}")  # its table would get each constraint twice
        self.operations = operations

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return type(self).__name__, [], {"operations": self.operations}

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        state.__dict__.pop("apps", None)  # the classes, a cached property: what clear_delayed_apps_cache() of Django lets go too
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: ProjectState, to_state: ProjectState) -> None:
        for operation in self.operations:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: ProjectState, to_state: ProjectState) -> None:
        for operation in reversed(self.operations):
            operation.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        return f"Take {len(self.operations)} steps at once"
