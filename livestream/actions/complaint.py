"""Every write to what people say on the public page of a session: said, answered, closed, the contact forgotten."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from livestream.actions.notice import in_chinese, tell, who_may
from livestream.actions.pitch import lock_session
from livestream.actions.vault import look_behind
from livestream.models import Complaint, Product, ServiceLine
from livestream.rules.complaint import (
    ANSWER_AT_MOST,
    CODE_LENGTH,
    CODE_SIGNS,
    CONTACT_AT_MOST,
    CONTACT_KEPT_FOR,
    PER_SESSION_A_DAY,
    WORDS_AT_MOST,
    ComplaintKind,
    ComplaintState,
    Handled,
)
from livestream.rules.day import SHANGHAI
from livestream.rules.errors import NotAllowed
from livestream.rules.notice import NoticeKind
from livestream.rules.rights import Action
from livestream.rules.text import one_line
from livestream.rules.vault import RevealReason

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from livestream.models import LiveSession, Place, User
    from livestream.models.complaint import ComplaintQuerySet

AT_ONCE = 500  # contacts that one run forgets


class Said(NamedTuple):
    """What somebody wrote. `contact` is his own will; without it he comes back with the code."""

    kind: ComplaintKind
    words: str
    contact: str = ""
    product: Product | None = None


@transaction.atomic
def say_complaint(session: LiveSession, said: Said, *, at: datetime) -> Complaint:
    """Kept, with a code by which alone the answer is found again; the county's staff are told that there is something, not what.

    Who said it is not asked. Raises NotAllowed(`complaint_words_missing`, `complaint_words_long`, `complaint_contact_long`,
    `complaint_product`, `complaint_too_many`)."""
    words = text_within(said.words, WORDS_AT_MOST, missing="complaint_words_missing", long="complaint_words_long")
    contact = one_line(said.contact)
    if len(contact) > CONTACT_AT_MOST:
        raise NotAllowed("complaint_contact_long", limit=CONTACT_AT_MOST)
    stored = lock_session(session)
    if said.product and not stored.line_up.filter(product=said.product).exists():
        raise NotAllowed("complaint_product")
    today = at.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    if Complaint.objects.filter(session=stored, said_at__gte=today).count() >= PER_SESSION_A_DAY:
        raise NotAllowed("complaint_too_many")
    made = Complaint.objects.create(
        county_id=stored.county_id,
        session=stored,
        product=said.product,
        kind=said.kind,
        code=new_code(),
        words=words,
        contact=contact,
        said_at=at,
    )
    _tell(made)
    return made


def new_code() -> str:
    return "".join(secrets.choice(CODE_SIGNS) for _sign in range(CODE_LENGTH))


def _tell(complaint: Complaint) -> None:
    """Not what was said: the words may name anybody, and a notice goes out by text message and e-mail."""
    session = complaint.session
    with in_chinese():
        text = _("《{title}》有人提了意见：{kind}。请在 48 小时内答复。").format(
            title=session.title, kind=complaint.get_kind_display()
        )
    people = who_may(Action.KEEP_GOODS, session.county_id, session.place_id)
    tell(people, NoticeKind.COMPLAINT, text, county=session.county, session=session, link=f"/goods/complaints/{complaint.pk}/")


def text_within(words: str, limit: int, *, missing: str, long: str) -> str:
    """On one line. Raises NotAllowed with one of these codes."""
    plain = one_line(words)
    if not plain:
        raise NotAllowed(missing)
    if len(plain) > limit:
        raise NotAllowed(long, limit=limit, length=len(plain))
    return plain


@transaction.atomic
def answer_complaint(complaint: Complaint, *, answer: str, is_closed: bool, by: User, at: datetime, seen: str = "") -> Complaint:
    """Answered in words that whoever has the code can read, closed with it or not; said anew, the newest answer stands, and the
    moment of the first. `seen`: the state that `by` saw. Raises NotAllowed(`complaint_answer_missing`, `complaint_answer_long`,
    `complaint_meanwhile`)."""
    words = text_within(answer, ANSWER_AT_MOST, missing="complaint_answer_missing", long="complaint_answer_long")
    stored = Complaint.objects.select_for_update(of=("self",)).get(pk=complaint.pk)
    if seen and stored.state != seen:
        raise NotAllowed("complaint_meanwhile")
    stored.answer, stored.answered_by, stored.answered_at = words, by, stored.answered_at or at
    stored.state = ComplaintState.CLOSED if is_closed else ComplaintState.ANSWERED
    stored.closed_at = (stored.closed_at or at) if is_closed else None
    stored.save(update_fields=["answer", "answered_by", "answered_at", "state", "closed_at"])
    return stored


@transaction.atomic
def reveal_contact(complaint: Complaint, *, reason: RevealReason, words: str, by: User) -> str:
    """How to reach whoever said it, to be shown once, within the hourly limit of every other mask. Whoever answers may call, for
    that reason alone. Raises NotAllowed(`complaint_contact`, `reveal_reason`, `reveal_nothing`, `reveal_limit`)."""
    place = complaint.session.place_id
    may_call = reason == RevealReason.CONTACT and by.may(Action.KEEP_GOODS, place)
    if not (may_call or by.may(Action.REVEAL, place)):
        raise NotAllowed("complaint_contact")
    plain = str(complaint.contact or "")
    look_behind(complaint, plain, place=complaint.county_id, field="contact", reason=reason, words=words, by=by)
    return plain


@transaction.atomic
def forget_contacts(*, at: datetime) -> int:
    """Contacts whose time is over since the answer are taken out; returns how many. What was said and answered stays."""
    old = Complaint.objects.filter(answered_at__lt=at - CONTACT_KEPT_FOR, forgot_at=None)
    keys = list(old.select_for_update(skip_locked=True).order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
    return Complaint.objects.filter(pk__in=keys).update(contact="", forgot_at=at)


@transaction.atomic
def set_service_line(county: Place, *, phone: str, hours: str) -> ServiceLine:
    """What the public pages of this county tell people to call."""
    facts = {"phone": phone, "hours": hours}
    return ServiceLine.objects.update_or_create(county=county, defaults=facts)[0]


def handled(complaints: ComplaintQuerySet) -> Iterable[Handled]:
    """As `rates_of` counts them; one query, and nothing is decrypted."""
    rows = complaints.order_by().values_list("said_at", "answered_at", "state")
    return [Handled(said_at, answered_at, state == ComplaintState.CLOSED) for said_at, answered_at, state in rows]
