"""What the database refuses, in words: the name of a constraint becomes the code of a sentence."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from livestream.rules.errors import NotAllowed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@contextmanager
def refusing(codes: Mapping[str, str]) -> Iterator[None]:
    """Raises NotAllowed with the code that stands beside the constraint which was broken; any other breach stays what it is."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        code = codes.get(constraint_of(error))
        if code is None:
            raise
        raise NotAllowed(code) from error


def constraint_of(error: IntegrityError) -> str:
    """The name of the broken constraint, "" where PostgreSQL named none."""
    diag = getattr(error.__cause__, "diag", None)
    return (diag and diag.constraint_name) or ""
