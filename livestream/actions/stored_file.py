"""Every write to the folder of uploads: encrypted, under random names, piece by piece, so that no size costs memory.

A file is a line of Fernet tokens. Each holds its number and a piece; an empty piece ends the file, so that neither a missing
nor a moved nor a cut-off token goes unnoticed.
"""

from __future__ import annotations

import os
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from cryptography.fernet import InvalidToken
from django.conf import settings

from livestream.models.encrypted import decrypt, encrypt, rotate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime
    from pathlib import Path

ORDERS = "orders"  # the shelf of what platforms' files hold; exports have one of their own
PIECE = 1 << 20
NUMBER_BYTES = 4
STRAY_AFTER = timedelta(days=1)  # by then whoever stored a file has written its row
END = b""


class Gone(Exception):
    """The file was deleted after its time, or is damaged."""


def folder(shelf: str = ORDERS) -> Path:
    found: Path = settings.UPLOADS / shelf
    found.mkdir(mode=0o700, parents=True, exist_ok=True)
    return found


class Writer:
    """A file that is being stored. Whoever opens it ends it by `close` or `drop`."""

    def __init__(self, shelf: str = ORDERS) -> None:
        self.name = secrets.token_hex(16)
        self.path = folder(shelf) / self.name
        self.path.touch(mode=0o600, exist_ok=False)
        self.file = self.path.open("wb")
        self.number = 0

    def put(self, piece: bytes) -> None:
        self.file.write(encrypt(self.number.to_bytes(NUMBER_BYTES, "big") + piece) + b"\n")
        self.number += 1

    def close(self) -> str:
        """Returns the name of the file, which is safe on the disk now."""
        self.put(END)
        self.file.flush()
        os.fsync(self.file.fileno())
        self.file.close()
        return self.name

    def drop(self) -> None:
        self.file.close()
        self.path.unlink(missing_ok=True)

    def along(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """Stores the bytes while they are given on."""
        for piece in _even(pieces):
            self.put(piece)
            yield piece
        self.close()


def keep(pieces: Iterable[bytes], shelf: str = ORDERS) -> str:
    """Stores the bytes and returns the name they got. Nothing is left behind when `pieces` raises."""
    return keep_pieces(_even(pieces), shelf)


def keep_pieces(pieces: Iterable[bytes], shelf: str = ORDERS) -> str:
    """The same, and they are read again in the very pieces in which they came; none of them may be empty."""
    writer = Writer(shelf)
    try:
        for piece in pieces:
            writer.put(piece)
        return writer.close()
    except BaseException:
        writer.drop()
        raise


def _even(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces of one size."""
    rest = b""
    for piece in pieces:
        rest += piece
        while len(rest) >= PIECE:
            yield rest[:PIECE]
            rest = rest[PIECE:]
    if rest:
        yield rest


def read(name: str, shelf: str = ORDERS) -> Iterator[bytes]:
    """The bytes as they came in. Raises Gone when the file was deleted after its time or is damaged."""
    try:
        file = (folder(shelf) / name).open("rb") if name else None
    except FileNotFoundError:
        file = None
    if file is None:
        raise Gone
    with file:
        for number, token in enumerate(file):
            try:
                plain = decrypt(token.rstrip(b"\n"))
            except InvalidToken:
                raise Gone from None
            if int.from_bytes(plain[:NUMBER_BYTES], "big") != number:
                raise Gone
            if len(plain) == NUMBER_BYTES:
                return
            yield plain[NUMBER_BYTES:]
    raise Gone


def encrypt_anew(name: str, shelf: str = ORDERS) -> bool:
    """Writes the file under the newest of FIELD_KEYS; False when it is gone. Raises cryptography.fernet.InvalidToken."""
    path, fresh = folder(shelf) / name, folder(shelf) / f"{name}.new"
    try:
        with path.open("rb") as old, fresh.open("wb") as new:
            fresh.chmod(0o600)
            for token in old:
                new.write(rotate(token.rstrip(b"\n")) + b"\n")
            new.flush()
            os.fsync(new.fileno())
        fresh.replace(path)
    except FileNotFoundError:
        return False
    finally:
        fresh.unlink(missing_ok=True)
    return True


def is_kept(name: str, shelf: str = ORDERS) -> bool:
    return bool(name) and (folder(shelf) / name).exists()


def forget(name: str, shelf: str = ORDERS) -> None:
    if name:
        (folder(shelf) / name).unlink(missing_ok=True)


def forget_strays(known: set[str], *, before: datetime, shelf: str = ORDERS) -> int:
    """Deletes files that no row knows and that were written before then; returns how many."""
    strays = [path for path in folder(shelf).iterdir() if path.name not in known and path.stat().st_mtime < before.timestamp()]
    for path in strays:
        path.unlink(missing_ok=True)
    return len(strays)
