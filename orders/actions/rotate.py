"""Writing everything that lies encrypted under the newest of FIELD_KEYS, so that an older key can be thrown away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.apps import apps
from django.db import transaction
from django.db.models import Model

from livestream.models.encrypted import EncryptedTextField
from orders.actions import stored_file
from orders.actions.export import SHELF
from orders.actions.raw import seal_old_anew, sealed_by_field_keys
from orders.models import Export, OrderFile, RawDelivery

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(slots=True)
class Rotated:
    """How many rows with encrypted columns (keys of months among them), raw deliveries of before months had keys, and uploaded
    files were written anew."""

    rows: int = 0
    raw: int = 0
    files: int = 0


def rotate_field_keys(shelves: Iterable[str] = ()) -> Rotated:
    """Writes all of it anew, with whatever lies on these further shelves of uploads (of apps that orders
    know nothing of), row by row, while the system runs. Raises cryptography.fernet.InvalidToken where a key is missing that
    something was encrypted with; what was done until then stays done, and the command may simply run again."""
    done = Rotated()
    for model in apps.get_models():
        if names := [field.name for field in model._meta.fields if isinstance(field, EncryptedTextField)]:
            done.rows += rotate_rows(model, names)
    done.raw = rotate_raw()
    for name in OrderFile.objects.exclude(stored_as="").values_list("stored_as", flat=True):
        done.files += stored_file.encrypt_anew(name)
    for name in Export.objects.exclude(stored_as="").values_list("stored_as", flat=True):
        done.files += stored_file.encrypt_anew(name, SHELF)
    for shelf in shelves:
        done.files += sum(stored_file.encrypt_anew(path.name, shelf) for path in stored_file.folder(shelf).iterdir())
    return done


def rotate_raw() -> int:
    """Raw deliveries lie under keys of their months, rows like others: only what is older than those is sealed anew, by them."""
    done = 0
    for pk in sealed_by_field_keys().values_list("pk", flat=True).iterator(chunk_size=1000):
        with transaction.atomic():
            row = RawDelivery.objects.select_for_update().filter(pk=pk).first()
            if row is not None:
                done += RawDelivery.objects.filter(pk=pk).update(sealed=seal_old_anew(row))
    return done


def rotate_rows(model: type[Model], names: list[str]) -> int:
    """Reading decrypts under whichever key fits, saving encrypts under the newest."""
    pks = list(model._default_manager.values_list("pk", flat=True))
    for pk in pks:
        with transaction.atomic():
            for row in model._default_manager.select_for_update().filter(pk=pk):
                row.save(update_fields=names)
    return len(pks)
