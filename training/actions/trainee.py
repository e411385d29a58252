"""Every write to a person who learns: who he is, what he agreed to, whose account is his."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from livestream.actions.audit import note
from livestream.actions.refusal import refusing
from livestream.actions.vault import digest_of, revealed_lately, take_turn
from livestream.models import User
from livestream.rules.deed import Deed
from livestream.rules.errors import NotAllowed
from livestream.rules.person import plain_phone
from livestream.rules.rights import Action, covers
from livestream.rules.vault import LONGEST_REASON, RevealReason, birth_in, plain_identity
from training.models import Enrolment, Trainee
from training.rules.trainee import CONSENT_VERSION, Category, check_age, plain_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from livestream.models import Place

PHONE_END = 4
NEAR_AT_MOST = 5
SECRETS = {"phone": "phone", "birth": "birth", "support": "support", "guardian_evidence": "guardian_evidence"}
ONCE = {"trainee_once_per_county": "trainee_there"}
# What is filled in where it is empty, and changed where it is given.
FILLED = ("sex", "birth", "birth_year", "identity_digest", "education", "support", "guardian_evidence")


@dataclass(frozen=True, slots=True)
class TraineeFacts:
    """What is said of somebody. Name, phone and place tell who it is; of an identity number only its digest is kept, and the
    birth date that it says (`identity_digest`: the number is gone already). `birth_year` stands alone where the day is not
    known. "" and None: not said."""

    name: str
    phone: str
    place: Place
    sex: str = ""
    birth_on: date | None = None
    identity: str = ""
    category: str = Category.FARMER
    education: str = ""
    is_returnee: bool = False
    support: str = ""
    guardian_evidence: str = ""
    has_consented: bool = False
    birth_year: int | None = None
    identity_digest: str = ""

    @property
    def born_on(self) -> date | None:
        """Of a plain identity number, where no day is said."""
        return self.birth_on or (birth_in(self.identity) if self.identity else None)


class Added(NamedTuple):
    """The row; whether it is a new one; others who may be the same person."""

    trainee: Trainee
    is_new: bool
    near: list[Trainee]


@transaction.atomic
def add_trainee(facts: TraineeFacts, *, county: Place, by: User | None, at: datetime) -> Added:
    """The person of this name, phone and village: the row that is there, its empty facts filled in, or a new one. The same
    identity number is the same person too. `by` None: he writes himself down.

    Raises NotAllowed(`trainee_name`, `trainee_phone`, `place_elsewhere`, `trainee_too_young`, `trainee_guardian`,
    `trainee_birth`, `trainee_identity`)."""
    facts = checked(facts, county, on=timezone.localdate(at))
    columns = columns_of(facts)
    found = find_trainee(facts, columns, county)
    if found is None:
        new = Trainee(county=county, made_by=by, consented_at=at if facts.has_consented else None, **columns)
        try:
            with refusing(ONCE):
                new.save(force_insert=True)
        except NotAllowed:  # somebody else wrote him down in this moment
            found = find_trainee(facts, columns, county)
    trainee = found or new
    if found:
        fill(found, columns, facts, at)
    elif facts.has_consented:
        _note_consent(trainee, by=by, is_given=True)
    return Added(trainee, found is None, near_to(trainee))


def checked(facts: TraineeFacts, county: Place, *, on: date) -> TraineeFacts:
    """With name, phone and identity number in their one spelling, of somebody old enough. Raises NotAllowed."""
    try:
        name = plain_name(facts.name)
    except ValueError:
        raise NotAllowed("trainee_name") from None
    try:
        phone = plain_phone(facts.phone)
    except ValueError:
        raise NotAllowed("trainee_phone") from None
    if not facts.place.pk.startswith(county.pk):
        raise NotAllowed("place_elsewhere")
    identity = _plain_identity(facts.identity)
    said = {each: getattr(facts, each) for each in facts.__slots__}
    plain = TraineeFacts(**said | {"name": name, "phone": phone, "identity": identity})
    check_age(plain.born_on, facts.birth_year, facts.guardian_evidence, on)
    return plain


def _plain_identity(text: str) -> str:
    try:
        return plain_identity(text) if text else ""
    except ValueError:
        raise NotAllowed("trainee_identity_wrong") from None


def columns_of(facts: TraineeFacts, digest: Callable[[str], str] = digest_of) -> dict[str, object]:
    """The columns of checked facts; of what was not said, empty ones. `digest`: for many, `vault.digester()`."""
    born = facts.born_on
    return {
        "name": facts.name,
        "place": facts.place,
        "phone": facts.phone,
        "phone_digest": digest(facts.phone),
        "phone_end": facts.phone[-PHONE_END:],
        "sex": facts.sex,
        "birth": born.isoformat() if born else "",
        "birth_year": born.year if born else facts.birth_year,
        "identity_digest": digest(facts.identity) if facts.identity else facts.identity_digest,
        "category": facts.category,
        "education": facts.education,
        "is_returnee": facts.is_returnee,
        "support": facts.support,
        "guardian_evidence": facts.guardian_evidence,
    }


def find_trainee(facts: TraineeFacts, columns: dict[str, object], county: Place) -> Trainee | None:
    """Who that is, locked. Raises NotAllowed(`trainee_identity`) when his number is somebody else's."""
    there = Trainee.objects.select_for_update(of=("self",)).unique().filter(county=county, erased_at=None, sealed="")
    same = there.filter(name=facts.name, phone_digest=columns["phone_digest"], place=facts.place).first()
    if same or not columns["identity_digest"]:
        return same
    known = there.filter(identity_digest=columns["identity_digest"]).order_by("pk").first()
    if known and known.name != facts.name:
        raise NotAllowed("trainee_identity")
    return known


def fill(found: Trainee, columns: dict[str, object], facts: TraineeFacts, at: datetime) -> None:
    """What was not known yet; what was, stays. The row is locked."""
    new = {name: columns[name] for name in FILLED if columns[name] and not getattr(found, name)}
    if facts.is_returnee and not found.is_returnee:
        new["is_returnee"] = True
    if facts.has_consented and found.consented_at is None:
        new["consented_at"] = at
        _note_consent(found, by=None, is_given=True)
    for name, value in new.items():
        setattr(found, name, value)
    if new:
        found.save(update_fields=list(new))


def near_to(trainee: Trainee) -> list[Trainee]:
    """Others of the county who may be the same person: of one identity number, or of one name and one phone or village."""
    alike = Q(name=trainee.name, place=trainee.place_id)
    if trainee.phone_digest:
        alike |= Q(name=trainee.name, phone_digest=trainee.phone_digest)
    if trainee.identity_digest:
        alike |= Q(identity_digest=trainee.identity_digest)
    others = Trainee.objects.unique().filter(alike, county=trainee.county_id, erased_at=None).exclude(pk=trainee.pk)
    return list(others.select_related("place__parent").order_by("pk")[:NEAR_AT_MOST])


# --- changes ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def change_trainee(trainee: Trainee, facts: TraineeFacts, *, by: User, at: datetime) -> Trainee:
    """As is said now; what is secret (number, birth, support, guardian's paper) stays where nothing is said of it.

    Raises NotAllowed as adding does, and `trainee_not_yours`, `trainee_erased`, `trainee_sealed`, `trainee_merged`,
    `trainee_there`."""
    trainee = locked(trainee, by=by)
    stays = {"guardian_evidence": facts.guardian_evidence or trainee.guardian_evidence}
    if facts.born_on is None and facts.birth_year in {None, trainee.birth_year}:
        stays["birth_on"] = birth_on_of(trainee)
    said = {each: getattr(facts, each) for each in facts.__slots__} | stays
    columns = columns_of(checked(TraineeFacts(**said), trainee.county, on=timezone.localdate(at)))
    kept = {name for name in ("birth", "birth_year", "identity_digest", "support") if not columns[name]}
    new = {name: value for name, value in columns.items() if name not in kept}
    for name, value in new.items():
        setattr(trainee, name, value)
    with refusing(ONCE):
        trainee.save(update_fields=list(new))
    if facts.has_consented and trainee.consented_at is None:
        record_consent(trainee, is_given=True, by=by, at=at)
    return trainee


def birth_on_of(trainee: Trainee) -> date | None:
    """The day, where it is known."""
    return date.fromisoformat(trainee.birth) if trainee.birth else None


def locked(trainee: Trainee, *, by: User) -> Trainee:
    """As he is now, held until the end of the transaction. Raises NotAllowed where `by` does not keep him, or nobody may."""
    rows = Trainee.objects.select_for_update(of=("self",)).select_related("county", "place", "merged_into")
    found = rows.filter(pk__in=Trainee.objects.reached_by(by, Action.KEEP_SCHOOL), pk=trainee.pk).first()
    if found is None:
        raise NotAllowed("trainee_not_yours")
    check_open(found)
    return found


def check_open(trainee: Trainee) -> None:
    """Raises NotAllowed for somebody who is erased, restricted, or was found to be somebody else."""
    if trainee.erased_at:
        raise NotAllowed("trainee_erased")
    if trainee.sealed:
        raise NotAllowed("trainee_sealed")
    if trainee.merged_into:
        raise NotAllowed("trainee_merged", name=trainee.merged_into.name)


# --- consent ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def record_consent(trainee: Trainee, *, is_given: bool, by: User | None, at: datetime) -> Trainee:
    """He agreed that his data are kept for the class, or takes it back; saying what is so writes nothing. `by` None: himself."""
    trainee = Trainee.objects.select_for_update(of=("self",)).get(pk=trainee.pk)
    if (trainee.consented_at is not None) == is_given:
        return trainee
    trainee.consented_at = at if is_given else None
    trainee.save(update_fields=["consented_at"])
    _note_consent(trainee, by=by, is_given=is_given)
    return trainee


def _note_consent(trainee: Trainee, *, by: User | None, is_given: bool) -> None:
    deed = Deed.CONSENT_GIVEN if is_given else Deed.CONSENT_WITHDRAWN
    note(deed, place=trainee.place_id, by=by, about=trainee, kind="training", version=CONSENT_VERSION)


# --- behind the mask ----------------------------------------------------------------------------------------------------


@transaction.atomic
def reveal_phone(trainee: Trainee, *, reason: RevealReason, words: str, by: User) -> str:
    """The phone number, to be shown once. Who keeps the school where somebody learns may call him, for that reason alone; others
    need the right to look behind masks. Raises NotAllowed as `reveal_secret`."""
    return reveal_secret(trainee, "phone", reason=reason, words=words, by=by)


@transaction.atomic
def reveal_secret(trainee: Trainee, field: str, *, reason: RevealReason, words: str, by: User) -> str:
    """The plain text of one of SECRETS, to be shown once, within the same hourly limit as every other mask; who saw what of whom
    and why is in the audit log. Raises NotAllowed(`trainee_contact`, `trainee_erased`, `trainee_sealed`, `reveal_reason`,
    `reveal_nothing`, `reveal_limit`)."""
    if not by.may(Action.REVEAL, trainee.place_id) and not (
        field == "phone" and reason == RevealReason.CONTACT and is_in_class_of(trainee, by)
    ):
        raise NotAllowed("trainee_contact")
    words = words.strip()[:LONGEST_REASON]
    if reason == RevealReason.OTHER and not words:
        raise NotAllowed("reveal_reason")
    if trainee.is_nobody:
        raise NotAllowed("trainee_erased" if trainee.erased_at else "trainee_sealed")
    plain = str(getattr(trainee, SECRETS[field]) or "")
    if not plain:
        raise NotAllowed("reveal_nothing")
    take_turn(by)
    if revealed_lately(by) >= settings.REVEALS_PER_HOUR:
        raise NotAllowed("reveal_limit", limit=settings.REVEALS_PER_HOUR)
    note(Deed.REVEALED, place=trainee.place_id, by=by, about=trainee, field=field, reason=reason.value, words=words)
    return plain


def is_in_class_of(trainee: Trainee, by: User) -> bool:
    """Whether this person keeps the school of one of his classes, or teaches there."""
    here = Enrolment.objects.filter(trainee=trainee)
    if here.reached_by(by, Action.KEEP_SCHOOL).exists():
        return True
    return bool(by.reach(Action.KEEP_SCHOOL)) and here.filter(cohort__trainers__user=by).exists()


# --- accounts -----------------------------------------------------------------------------------------------------------


def accounts_for(trainees: Iterable[Trainee]) -> dict[int, User]:
    """The account that may be each one's: of the same phone and name, in the county, nobody's yet. Offered, never joined."""
    wanted = {(trainee.phone, trainee.name): trainee for trainee in trainees if trainee.phone and not trainee.user_id}
    found = User.objects.filter(phone__in={phone for phone, _name in wanted}, is_active=True, trainee=None)
    pairs = [(wanted.get((user.phone, user.name)), user) for user in found]
    return {trainee.pk: user for trainee, user in pairs if trainee and covers([trainee.county_id], user.place_id)}


@transaction.atomic
def link_account(trainee: Trainee, *, by: User) -> User:
    """The account of the same phone and name is his from now on. Raises NotAllowed(`trainee_account`,
    `trainee_account_taken`, and what `locked` refuses)."""
    trainee = locked(trainee, by=by)
    if trainee.user_id:
        raise NotAllowed("trainee_account_taken")
    user = accounts_for([trainee]).get(trainee.pk)
    if user is None:
        raise NotAllowed("trainee_account")
    trainee.user = user
    with refusing({"training_trainee_user_id_key": "trainee_account_taken"}):
        trainee.save(update_fields=["user"])
    note(Deed.TRAINEE_LINKED, place=trainee.place_id, by=by, about=trainee, user=user.pk)
    return user


@transaction.atomic
def unlink_account(trainee: Trainee, *, by: User) -> bool:
    """The account is nobody's again; False when there was none."""
    trainee = locked(trainee, by=by)
    if not trainee.user_id:
        return False
    was, trainee.user = trainee.user_id, None
    trainee.save(update_fields=["user"])
    note(Deed.TRAINEE_LINKED, place=trainee.place_id, by=by, about=trainee, user=None, was=was)
    return True
