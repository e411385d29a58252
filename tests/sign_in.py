"""Signing in as somebody, in a test that is about something else."""

from __future__ import annotations

from django.test import Client


def signed_in(user, **headers) -> Client:
    """A client at whose other end this person sits, past every door of signing in."""
    client = Client(**headers)
    client.force_login(user)
    return client
