"""Links that open a trainee's own pages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from livestream.actions.notice_sending import send_due
from livestream.models import AuditEntry, Notice, SmsCode
from livestream.rules.errors import NotAllowed
from tests.livestream import outbox
from tests.school import make_trainee
from training.actions.trainee_pass import PASSES_AT_MOST, ask_pass, make_pass, renew_pass, trainee_by_token
from training.models import TraineePass

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 22, 4, tzinfo=UTC)


@pytest.fixture(autouse=True)
def texts(settings):
    settings.SMS_SENDER, settings.PUBLIC_ADDRESS = "tests.livestream.outbox.remember", "https://cunbo.example.cn"


def test_link_opens_its_trainee_and_only_its_digest_is_kept(county):
    trainee = make_trainee(county)

    token = make_pass(trainee, at=AT)

    held = TraineePass.objects.get()
    assert (held.digest == token, len(held.digest), held.seen_at) == (False, 64, None)
    assert trainee_by_token(token, at=AT) == trainee
    assert TraineePass.objects.get().seen_at == AT
    assert [trainee_by_token(other) for other in ("", "x" * 43, token[:-1], token + "x")] == [None] * 4


def test_renewed_link_is_the_only_one_and_its_making_is_known(county, trainer):
    trainee = make_trainee(county)
    old = make_pass(trainee, at=AT)

    new = renew_pass(trainee, by=trainer, at=AT)

    assert (trainee_by_token(old), trainee_by_token(new)) == (None, trainee)
    assert Notice.objects.get().link == f"/t/{new}/"
    assert AuditEntry.objects.get(deed="pass_made").object_id == str(trainee.pk)
    trainee.erased_at = AT
    with pytest.raises(NotAllowed, match="资料已经注销"):
        renew_pass(trainee, by=trainer, at=AT)


def test_oldest_links_end_when_there_are_too_many(county):
    trainee = make_trainee(county)
    tokens = [make_pass(trainee, at=AT) for _n in range(PASSES_AT_MOST + 2)]

    assert [trainee_by_token(token) is not None for token in tokens] == [False, False] + [True] * PASSES_AT_MOST


def test_link_of_who_was_merged_opens_the_one_person_and_of_who_was_erased_nothing(county):
    kept = make_trainee(county)
    merged, erased = make_trainee(county, merged_into=kept), make_trainee(county, erased_at=AT)

    assert trainee_by_token(make_pass(merged, at=AT)) == kept
    assert trainee_by_token(make_pass(erased, at=AT)) is None


@pytest.mark.django_db(transaction=True)
def test_asked_for_by_number_it_goes_to_everybody_of_that_number_and_is_read_whole(county):
    people = [make_trainee(county, name=name, phone="13800000000") for name in ("张三", "张四")]
    make_trainee(county, phone="13900000000")
    outbox.TEXTS.clear()

    ask_pass("13800000000", network="10.0.0.1", at=AT)
    send_due(datetime.now(UTC))

    assert {phone for phone, _text in outbox.TEXTS} == {"13800000000"}
    said = sorted(text.split("https://cunbo.example.cn/t/") for _phone, text in outbox.TEXTS)
    assert [words for words, _token in said] == [
        "【村播】张三，点开就是您的学习页面： ", "【村播】张四，点开就是您的学习页面： ",
    ]  # fmt: skip
    assert [trainee_by_token(token.rstrip("/")) for _words, token in said] == people


def test_number_of_nobody_is_counted_like_any_other(county):
    for phone in ("13800000000", "13911111111"):
        if phone == "13800000000":
            make_trainee(county, phone=phone)
        ask_pass(phone, network="10.0.0.1", at=AT)
        with pytest.raises(NotAllowed) as soon:
            ask_pass(phone, network="10.0.0.1", at=AT + timedelta(seconds=30))
        for n in (2, 4):
            ask_pass(phone, network="10.0.0.1", at=AT + timedelta(minutes=n))
        with pytest.raises(NotAllowed) as often:
            ask_pass(phone, network="10.0.0.2", at=AT + timedelta(minutes=6))
        assert (soon.value.code, often.value.code) == ("sms_too_soon", "sms_too_many")
    assert SmsCode.objects.filter(ended_at=None).count() == 0
