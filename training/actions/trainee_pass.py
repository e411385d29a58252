"""Every write of the links by which a trainee without an account opens his own pages.

The token is told once: in the text message, or on the trainer's screen. Whoever holds it sees this trainee's lessons, marks and
certificate and signs in for him, so it is as long as a password that nobody guesses, and the trainer can revoke it."""

from __future__ import annotations

import secrets
from collections import defaultdict
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from livestream.actions.audit import note
from livestream.actions.notice import in_chinese, tell_phones, waker
from livestream.actions.sms import take_turn_of_phone
from livestream.actions.vault import digest_of
from livestream.rules.deed import Deed
from livestream.rules.errors import NotAllowed
from livestream.rules.notice import NoticeKind
from livestream.rules.token import TOKEN_BYTES, is_token
from training.models import Trainee, TraineePass

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from livestream.models import User
    from training.models import Enrolment

PASSES_AT_MOST = 8  # of one trainee: the oldest ends when there are more
OF_A_PHONE = 6  # a family shares a phone
A_MOMENT = timedelta(seconds=10)


def kept_of(token: str) -> str:
    """What is stored of a pass: 64 hexadecimal digits."""
    return sha256(token.encode()).hexdigest()


@transaction.atomic
def make_pass(trainee: Trainee, *, at: datetime) -> str:
    """A new link for this trainee; returns its token, which is stored nowhere."""
    return make_passes([trainee.pk], at=at)[trainee.pk]


@transaction.atomic
def make_passes(trainees: Sequence[int], *, at: datetime) -> dict[int, str]:
    """The same for many, by trainee; three questions however many there are."""
    tokens = {pk: secrets.token_urlsafe(TOKEN_BYTES) for pk in trainees}
    TraineePass.objects.bulk_create(TraineePass(trainee_id=pk, digest=kept_of(token)) for pk, token in tokens.items())
    held: defaultdict[int, list[int]] = defaultdict(list)
    standing = TraineePass.objects.filter(trainee__in=tokens, revoked_at=None).order_by("-made_at", "-pk")
    for pk, trainee in standing.values_list("pk", "trainee"):
        held[trainee].append(pk)
    older = [pk for passes in held.values() for pk in passes[PASSES_AT_MOST:]]
    TraineePass.objects.filter(pk__in=older).update(revoked_at=at)
    return tokens


@transaction.atomic
def renew_pass(trainee: Trainee, *, by: User, at: datetime) -> str:
    """A new link, and no older one opens anything any more: for a lost phone. It is sent to his number, and returned for the
    trainer to show. Raises NotAllowed(`learner_gone`)."""
    if trainee.is_nobody or trainee.merged_into_id:
        raise NotAllowed("learner_gone")
    TraineePass.objects.filter(trainee=trainee, revoked_at=None).update(revoked_at=at)
    token = make_pass(trainee, at=at)
    _send(trainee, token)
    note(Deed.PASS_MADE, place=trainee.place_id, by=by, about=trainee)
    return token


def trainee_by_token(token: str, *, at: datetime | None = None) -> Trainee | None:
    """Whose link this is, while it opens something; who was found to be somebody else is that person. `at`: it was opened."""
    if not is_token(token):
        return None
    found = TraineePass.objects.filter(digest=kept_of(token), revoked_at=None, trainee__erased_at=None)
    held = found.select_related("trainee__merged_into", "trainee__county", "trainee__user").first()
    if held is None:
        return None
    if at:
        TraineePass.objects.filter(pk=held.pk).update(seen_at=at)
    return held.trainee.merged_into or held.trainee


@transaction.atomic
def ask_pass(phone: str, *, network: str | None, at: datetime) -> None:
    """Whoever learns here with this number gets his link by text message. Numbers of nobody look alike from outside.

    Raises NotAllowed(`sms_too_soon`, `sms_too_many`) when there were too many, for numbers of nobody too."""
    take_turn_of_phone(phone, network=network, at=at)
    learners = Trainee.objects.unique().filter(phone_digest=digest_of(phone), erased_at=None)
    for trainee in learners.select_related("county").order_by("-made_at")[:OF_A_PHONE]:
        _send(trainee, make_pass(trainee, at=at))
    transaction.on_commit(waker.wake)


def _send(trainee: Trainee, token: str) -> None:
    with in_chinese():
        text = _("{name}，点开就是您的学习页面：").format(name=trainee.name)
    tell_phones([trainee.phone], NoticeKind.SCHOOL, text, county=trainee.county, link=f"/t/{token}/")


def was_made_with(enrolment: Enrolment) -> bool:
    """Whether this enrolment by phone wrote the trainee down for the first time: then the phone that sent it is his. Whoever
    types the name and number of somebody who is known here already gets nothing of his."""
    trainee = enrolment.trainee
    is_own = trainee.made_by_id is None and abs(trainee.made_at - enrolment.enrolled_at) < A_MOMENT
    return is_own and not trainee.enrolments.exclude(pk=enrolment.pk).exists()
