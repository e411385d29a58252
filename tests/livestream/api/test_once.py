"""A write under the caller's own key happens once."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from livestream.actions.kept_answer import forget_answers
from livestream.models import Incident, KeptAnswer
from tests.factories import make_product, make_session, make_user
from tests.sign_in import signed_in
from tests.tokens import token_text, with_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def path(session):
    return f"/api/v1/sessions/{session.pk}/incidents/"


@pytest.fixture
def client(staff):
    return signed_in(staff)


def note(client, path, body='{"kind": "other", "note": "停电"}', key="K1", **more):
    headers = {} if key is None else {"Idempotency-Key": key}
    return client.post(path, body, content_type="application/json", headers=headers, **more)


def test_the_second_time_it_is_answered_like_the_first(client, path):
    first, second = note(client, path), note(client, path)

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    assert (first.headers.get("Idempotency-Replayed"), second.headers.get("Idempotency-Replayed")) == (None, "true")
    assert Incident.objects.count() == 1


def test_spaces_order_and_quotes_of_the_key_are_no_difference(client, path):
    note(client, path)
    again = note(client, path, '{"note":"\\u505c\\u7535",   "kind":"other"}', key='"K1"')

    assert (again.status_code, again.headers["Idempotency-Replayed"], Incident.objects.count()) == (201, "true", 1)


@pytest.mark.parametrize(
    "body", ['{"kind": "other", "note": "停水"}', '{"kind": "stream_lost", "note": "停电"}', '{"kind": "other"}']
)
def test_the_same_key_with_another_body_is_refused(client, path, body):
    note(client, path)
    other = note(client, path, body)

    assert (other.status_code, other.json()["code"], Incident.objects.count()) == (422, "other_request", 1)


def test_the_same_key_at_another_address_is_refused(client, path, county, host, now):
    other = make_session(county, host, room="R2", account="A2", went_live_at=now - timedelta(hours=1))
    note(client, path)

    assert note(client, f"/api/v1/sessions/{other.pk}/incidents/").status_code == 422


def test_keys_are_each_callers_own(client, path, staff, county):
    answers = [
        note(each, path)
        for each in (client, signed_in(make_user("staff", county)), with_token(token_text(staff)), with_token(token_text(staff)))
    ]

    assert ([answer.status_code for answer in answers], Incident.objects.count()) == ([201] * 4, 4)


def test_without_a_key_each_time_counts(client, path):
    assert [note(client, path, key=None).status_code for _ in range(2)] == [201, 201]
    assert (Incident.objects.count(), KeptAnswer.objects.count()) == (2, 0)


def test_what_was_refused_may_be_mended_under_the_same_key(client, path):
    refused, mended = note(client, path, '{"kind": "nonsense"}'), note(client, path)

    assert (refused.status_code, mended.status_code, Incident.objects.count()) == (400, 201, 1)


@pytest.mark.parametrize("key", ["", " ", "a b", "键", "x" * 256, '""', "a\tb"])
def test_a_key_that_is_none_is_refused(client, path, key):
    answer = note(client, path, key=key.encode().decode("latin-1"))

    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["Idempotency-Key"])
    assert not Incident.objects.exists()


def test_an_answer_without_a_body_is_kept_too(client, session):
    path = f"/api/v1/sessions/{session.pk}/pitches/end/"

    answers = [note(client, path, "{}") for _ in range(2)]

    assert [(answer.status_code, answer.content) for answer in answers] == [(204, b"")] * 2
    assert answers[1].headers["Idempotency-Replayed"] == "true"


def test_who_lost_the_right_is_not_told_again(client, path, staff):
    note(client, path)
    type(staff).objects.filter(pk=staff.pk).update(role="trainer")

    assert note(client, path).status_code == 403


def test_after_a_day_a_key_is_new_and_the_table_is_swept(client, path, now):
    note(client, path, key="old")
    KeptAnswer.objects.update(made_at=now - timedelta(hours=24))
    again = note(client, path, key="old")
    note(client, path, key="young")
    KeptAnswer.objects.filter(key="old").update(made_at=now - timedelta(hours=24))

    assert (again.headers.get("Idempotency-Replayed"), Incident.objects.count()) == (None, 3)
    with time_machine.travel(now, tick=False):
        assert forget_answers(at=now) == 1
    assert list(KeptAnswer.objects.values_list("key", flat=True)) == ["young"]


def test_a_pitch_and_an_acknowledgement_have_keys_too(client, session, county):
    session.line_up.create(product=make_product(county, sku="DHP"), position=1, live_price_fen=1)
    path = f"/api/v1/sessions/{session.pk}/pitches/"

    answers = [note(client, path, '{"sku": "DHP"}') for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert session.pitches.count() == 1
