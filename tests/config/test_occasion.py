"""Every request has a number and an occasion: who, for whom, from where; tasks and commands have one too."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import structlog
from django.db import connection, transaction
from django.test import RequestFactory, override_settings
from django.urls import path

from config.celery import app
from config.middleware import occasion as middleware
from config.postgres.told import changes_rows
from livestream.actions.occasion import NOBODY, Occasion, occasion, on
from tests.sign_in import signed_in

NUMBER = re.compile(r"[0-9a-f]{32}")
ROOT = Path(__file__).resolve().parents[2]


def told():
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting('cunbo.occasion', true), '')")
        (said,) = cursor.fetchone()
    return json.loads(said) if said else {}


def write():
    """A statement that would change a row, if there were one."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE livestream_place SET name = name WHERE code = 'none'")


def broken(_request):
    raise ValueError("inside")


urlpatterns = [path("broken/", broken), path("api/v1/broken/", broken)]
handler500 = "config.errors.broken"
handler404 = "config.errors.not_found"


def test_each_answer_carries_a_number_of_its_own(client, db):
    numbers = [client.get("/login/", headers={"x-request-id": "f" * 32}).headers["X-Request-ID"] for _ in range(3)]

    assert all(NUMBER.fullmatch(number) for number in numbers)
    assert len({*numbers, "f" * 32}) == 4


@pytest.mark.parametrize(("address", "status"), [("/desk/", 403), ("/nowhere/", 404)])
def test_an_error_page_says_the_number(host, address, status):
    answer = signed_in(host).get(address)

    number = answer.headers["X-Request-ID"]
    page = answer.content.decode()
    assert answer.status_code == status
    assert f'<b class="num">{number[:4]} {number[4:8]}</b>' in page
    assert number in page


@override_settings(ROOT_URLCONF=__name__)
def test_a_broken_page_says_the_number_and_nothing_of_the_inside(client, db):
    client.raise_request_exception = False

    page, api = client.get("/broken/"), client.get("/api/v1/broken/")

    assert (page.status_code, api.status_code) == (500, 500)
    assert page.headers["X-Request-ID"] in page.content.decode()
    assert "inside" not in page.content.decode()
    said = {"code": "broken", "detail": "系统出了错，请稍后再试。", "fields": {}, "request_id": api.headers["X-Request-ID"]}
    assert api.json() == said


def test_an_unknown_address_of_the_api_is_answered_in_json(client, db):
    answer = client.get("/api/v1/nowhere/")

    said = {"code": "not_found", "detail": "没有这个地址，或者它不归您看。", "fields": {}}
    assert answer.json() == said | {"request_id": answer.headers["X-Request-ID"]}


def ask(request):
    found = []
    middleware(lambda _request: found.append((occasion(), structlog.contextvars.get_contextvars())) or _Answer())(request)
    return found[0]


class _Answer:
    def __init__(self):
        self.headers = {}


def request_of(user, address="203.0.113.7"):
    request = RequestFactory(REMOTE_ADDR=address).get("/")
    request.user = user
    return request


def test_the_occasion_of_a_request_is_who_is_signed_in_and_where(host):
    here, bound = ask(request_of(host))

    assert here == Occasion(host.pk, None, "203.0.113.7", bound["request_id"])
    assert occasion() == NOBODY
    assert structlog.contextvars.get_contextvars() == {}


def test_a_helper_who_acts_for_a_host_is_the_actor(host, staff):
    request = request_of(host)
    request.helper = staff
    here, _bound = ask(request)

    assert (here.actor, here.acted_for) == (staff.pk, host.pk)


@pytest.mark.parametrize(("address", "known"), [("::1", "::1"), ("", None), ("evil\r\n", None), ("1.2.3.4, 5.6.7.8", None)])
def test_only_an_address_is_an_address(host, address, known):
    assert ask(request_of(host, address=address))[0].address == known


def test_nobody_is_asked_who_they_are_before_something_is_written(client, db, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = client.get("/healthz")
    assert "Cookie" not in answer.headers.get("Vary", "")


def test_a_task_is_an_occasion_of_its_own():
    found = []

    @app.task(name="tests.look")
    def look():
        found.append((occasion(), structlog.contextvars.get_contextvars()["task"]))

    try:
        look()
        look.apply()
    finally:
        app.tasks.unregister("tests.look")

    assert [(here.through, here.actor, name) for here, name in found] == [("task tests.look", None, "tests.look")] * 2
    assert len({here.request_id for here, _name in found}) == 2


def test_a_command_is_an_occasion_and_says_who_ran_it():
    look = "print(__import__('livestream.actions.occasion', fromlist=['x']).occasion().through)"
    code = f"import manage\nwith manage.on_occasion(['demo']): {look}"
    said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout

    assert re.fullmatch(r"command demo \(\S+\)\n", said)


# --- what the database is told ------------------------------------------------------------------------------------------------

HERE = Occasion(7, 8, "203.0.113.7", "a" * 32)
SAID = {"actor": 7, "acted_for": 8, "address": "203.0.113.7", "request_id": "a" * 32}


def test_the_database_is_told_before_the_first_write(db):
    with on(HERE):
        before = told()
        write()
        assert (before, told()) == ({}, SAID)


def test_once_a_transaction_is_enough(db, django_assert_num_queries):
    with on(HERE):
        write()
        said = connection.told.told
        write()
        assert connection.told.told is said


def test_another_occasion_in_the_same_transaction_is_told_anew(db):
    with on(HERE):
        write()
    with on(Occasion(through="task x")):
        write()
        other = told()
    write()
    assert (other, told()) == ({"through": "task x"}, {})


def test_what_a_savepoint_took_back_is_told_again(db):
    with on(HERE):
        with transaction.atomic():
            write()
            transaction.set_rollback(True)
        assert told() == {}
        write()
        assert told() == SAID


@pytest.mark.django_db(transaction=True)
def test_nothing_is_left_for_the_next_who_gets_the_connection():
    with on(HERE):
        with transaction.atomic():
            write()
            inside = told()
        write()  # on its own: a transaction of one statement
    assert (inside, told(), connection.get_autocommit()) == (SAID, {}, True)


@pytest.mark.parametrize(
    ("sql", "does"),
    [
        ("INSERT INTO x", True), ("  update x", True), ("\n   WITH a AS (DELETE", True), ("COPY x FROM STDIN", True), (b"whatever", True),
        ("SELECT 1", False), ("SAVEPOINT a", False), ("CREATE INDEX CONCURRENTLY", False), ("VACUUM", False), ("SET LOCAL x", False),
    ],
)  # fmt: skip
def test_only_statements_that_change_rows_tell(sql, does):
    assert changes_rows(sql) is does
