"""Text that lies encrypted in the database, under keys that are not SECRET_KEY."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models


@lru_cache(maxsize=4)
def cipher(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def encrypt(plain: bytes) -> bytes:
    """Under the newest of FIELD_KEYS."""
    return cipher(tuple(settings.FIELD_KEYS)).encrypt(plain)


def decrypt(token: bytes) -> bytes:
    """Under whichever of FIELD_KEYS it was written with. Raises cryptography.fernet.InvalidToken."""
    return cipher(tuple(settings.FIELD_KEYS)).decrypt(token)


def rotate(token: bytes) -> bytes:
    """The same under the newest of FIELD_KEYS. Raises cryptography.fernet.InvalidToken."""
    return cipher(tuple(settings.FIELD_KEYS)).rotate(token)


def new_key() -> str:
    """A key for data of one kind or time, to lie encrypted itself: with it goes what it sealed."""
    return Fernet.generate_key().decode()


def encrypt_with(key: str, plain: bytes) -> bytes:
    return Fernet(key).encrypt(plain)


def decrypt_with(key: str, token: bytes) -> bytes:
    """Raises cryptography.fernet.InvalidToken, also without a key."""
    if not key:
        raise InvalidToken
    return Fernet(key).decrypt(token)


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]  # generic in the stubs, plain at run time
    """A TextField whose column holds a Fernet token. It cannot be searched or compared in SQL."""

    is_secret = True  # no audit entry ever names its column

    def get_prep_value(self, value: Any) -> Any:
        return encrypt(value.encode()).decode() if value else value

    def from_db_value(self, value: Any, _expression: Any, _connection: Any) -> Any:
        return decrypt(value.encode()).decode() if value else value
