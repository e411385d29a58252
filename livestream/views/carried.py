"""What a page carries for its reader until he decides: encrypted under FIELD_KEYS, for an hour, for this person alone; nothing of
it is stored."""

from __future__ import annotations

import json
import zlib
from typing import TYPE_CHECKING, Any

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from livestream.models.encrypted import cipher, encrypt

if TYPE_CHECKING:
    from livestream.models import User
    from livestream.views.signed_in import SignedInRequest

KEPT_SECONDS = 3600
TOO_LATE = _("这个文件过了一小时，已经不在了，什么也没有存。请再传一次。")


def carry(value: Any, by: User) -> str:
    """`value` must be JSON."""
    return encrypt(zlib.compress(json.dumps([by.pk, value]).encode())).decode()


def carried_in(request: SignedInRequest) -> Any:
    """What the page that posts here carried (`carried`); None where it is older than an hour, somebody else's, or made up."""
    try:
        token = request.POST.get("carried", "").encode()
        packed = cipher(tuple(settings.FIELD_KEYS)).decrypt(token, ttl=KEPT_SECONDS)
        owner, value = json.loads(zlib.decompress(packed))
    except (InvalidToken, ValueError, zlib.error):
        return None
    return value if owner == request.user.pk else None
