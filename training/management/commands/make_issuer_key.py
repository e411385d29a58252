"""`manage.py make_issuer_key`: from now on a new key signs credentials; what the older ones signed stays good."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from training.actions.credential import renew_issuer_key
from training.models import IssuerKey


class Command(BaseCommand):
    help = "换一把给电子凭证签名的钥匙；旧钥匙签过的照样核得过"

    def handle(self, *_args: Any, **_options: Any) -> None:
        made = renew_issuer_key()
        older = IssuerKey.objects.exclude(pk=made.pk).count()
        self.stdout.write(
            f"新钥匙 new key: {made.public['kid']}\n"
            f"以后的证书用它签名；以前的 {older} 把还公布在 /.well-known/jwks.json，签过的凭证照样核得过。\n"
            f"It signs from now on; the {older} older ones stay published, and what they signed stays good."
        )
