"""Asking the API with a token."""

from __future__ import annotations

from datetime import UTC, datetime

from django.test import Client

from livestream.actions.api_token import make_token
from livestream.rules.api_token import Scope, TokenPlan, TokenTerm


def token_text(owner, *scopes, place=None, at=None) -> str:
    """A token of this person for these scopes (all, if none is named), in the own place."""
    chosen = tuple(Scope(scope) for scope in scopes) or tuple(Scope)
    plan = TokenPlan("报表", chosen, owner.place_id if place is None else place, TokenTerm.MONTH)
    return make_token(owner, plan, at=at or datetime.now(UTC))[1]


def with_token(text, **more) -> Client:
    """A program that brings this token and no cookie."""
    return Client(headers={"Authorization": f"Bearer {text}"}, **more)
