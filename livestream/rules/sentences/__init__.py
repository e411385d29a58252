"""Sentences of refusal, by subject; `rules/errors.py` gathers them."""

from __future__ import annotations

from livestream.rules.sentences import (
    api,
    audience,
    control,
    goods,
    grades,
    lineup,
    phone,
    public,
    review,
    school,
    script,
    security,
)

SENTENCES = {
    **goods.SENTENCES,
    **lineup.SENTENCES,
    **script.SENTENCES,
    **control.SENTENCES,
    **phone.SENTENCES,
    **audience.SENTENCES,
    **review.SENTENCES,
    **public.SENTENCES,
    **api.SENTENCES,
    **grades.SENTENCES,
    **school.SENTENCES,
    **security.SENTENCES,
}
