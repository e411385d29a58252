"""Signing in as somebody, in a test that is about something else."""

from __future__ import annotations

from django.test import Client
from django_otp import DEVICE_ID_SESSION_KEY

from livestream.models import SecondFactor

KEY = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # of RFC 6238's own examples


def signed_in(user, **headers) -> Client:
    """A client at whose other end this person sits, past every door of signing in, the second factor too."""
    return enter(Client(**headers), user)


def enter(client, user) -> Client:
    """The same with a client that is there already."""
    client.force_login(user)
    session = client.session
    session[DEVICE_ID_SESSION_KEY] = second_factor_of(user).persistent_id
    session.save()
    return client


def second_factor_of(user) -> SecondFactor:
    return SecondFactor.objects.get_or_create(user=user, confirmed=True, defaults={"key": KEY})[0]
