"""What the checks see: of a whole system, and of one in which something was changed."""

from __future__ import annotations

import io
import json
import os
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection
from django.test import Client

from config.selfcheck import CHECKS
from config.selfcheck.contract import run
from config.selfcheck.database import read_database, read_triggers
from livestream.actions.blocked import count_blocked
from livestream.actions.notice import tell
from livestream.models import AuditCheck, Notice
from livestream.rules.notice import NoticeKind
from orders.actions.kiosk import create_kiosk_link
from orders.actions.secret import change_secret
from orders.actions.sweep import note_sweep
from orders.models import KioskLink
from orders.rules.kiosk import KioskTerm
from tests.factories import make_shop, make_user
from tests.sign_in import second_factor_of, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def sound(settings, tmp_path, now, county):
    """A system in which nothing is wrong, but that it has no HTTPS and nobody else can open it."""
    for _ in range(2):
        second_factor_of(make_user("admin", county))
    settings.DATA, settings.UPLOADS, settings.STATIC_ROOT = tmp_path, tmp_path / "uploads", tmp_path / "static"
    settings.ALLOWED_HOSTS = ["localhost", "testserver"]
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    settings.AXES_ENABLED = True
    tmp_path.chmod(0o755)
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "staticfiles.json").write_text('{"paths": {"a.css": "a.1.css"}}')
    (tmp_path / "static" / "a.1.css").write_text("")
    for name in ("secret_key", "field_keys"):
        (tmp_path / name).write_text("x")
        (tmp_path / name).chmod(0o600)
    settings.SMS_SENDER, settings.PUBLIC_ADDRESS = "config.sms.console", "https://cunbo.example.cn"
    settings.BACKUP_FOLDER = str(tmp_path / "backup")
    (tmp_path / "backup").mkdir()
    (tmp_path / "backup" / "cunbo.dump").write_text("x")
    note_sweep("windows", at=now)
    AuditCheck.objects.create(began_at=now, ended_at=now, entries=0, position=0)
    return tmp_path


def states():
    return {item.check.key: item.verdict.state.value for item in run(CHECKS)}


LOCAL = {"https": "grey", "cookies": "grey", "deployment": "grey", "redis": "grey", "role": "grey"}


def test_a_sound_system_has_nothing_to_do(sound):
    found = states()

    assert {key: state for key, state in found.items() if state != "green"} == LOCAL
    assert len(found) == len(CHECKS)


def break_keys(sound, _settings, _now, _county):
    (sound / "secret_key").chmod(0o644)


def break_folders(sound, _settings, _now, _county):
    (sound / "uploads").mkdir(mode=0o755)


def break_static(sound, _settings, _now, _county):
    (sound / "static" / "a.1.css").unlink()


def break_backup(sound, _settings, now, _county):
    os.utime(sound / "backup" / "cunbo.dump", times=((now - timedelta(days=2)).timestamp(),) * 2)


def break_beat(_sound, _settings, now, _county):
    note_sweep("windows", at=now - timedelta(minutes=5))


def break_second_factors(_sound, settings, _now, county):
    settings.ALLOWED_HOSTS = ["cunbo.example"]
    make_user("exporter", county, password=None)


def break_demo(_sound, settings, _now, county):
    settings.ALLOWED_HOSTS = ["cunbo.example"]
    person = make_user("staff", county, password=None)
    type(person).objects.filter(pk=person.pk).update(phone="10014042502")


def break_debug(_sound, settings, _now, _county):
    settings.DEBUG = True


def break_policy(_sound, settings, _now, _county):
    settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": {"script-src": ["'unsafe-inline'"]}}


def break_hashers(_sound, settings, _now, _county):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def break_chain(_sound, _settings, now, _county):
    AuditCheck.objects.create(began_at=now, ended_at=now, entries=9, position=9, fault="changed", fault_position=4)


def break_triggers(_sound, _settings, _now, _county):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = 'orders_ledgerentry'::regclass AND NOT tgisinternal ORDER BY 1 LIMIT 1"
        )
        cursor.execute(f"ALTER TABLE orders_ledgerentry DISABLE TRIGGER {cursor.fetchone()[0]}")


def break_notices(_sound, _settings, now, county):
    tell([make_user("host", county)], NoticeKind.CHANGED, "改了", county=county, due_at=now - timedelta(minutes=6))


BREAKS = [
    break_keys, break_folders, break_static, break_backup, break_beat, break_second_factors, break_demo, break_debug, break_policy,
    break_hashers, break_chain, break_triggers, break_notices,
]  # fmt: skip


@pytest.mark.parametrize("broken", BREAKS, ids=lambda broken: broken.__name__)
def test_what_is_broken_turns_red(sound, settings, now, county, broken):
    key = broken.__name__.removeprefix("break_")
    assert states()[key] in {"green", "grey"}

    broken(sound, settings, now, county)

    assert states()[key] == "red"


def test_a_trigger_that_is_off_is_named(sound):
    assert read_triggers()[1] == []
    break_triggers(None, None, None, None)

    assert len(read_triggers()[1]) == 1


def test_what_deserves_a_look_is_amber(sound, now, county, staff):
    count_blocked("script-src", "home", "inline", at=now)
    link, _ = create_kiosk_link(
        county, name="旧屏", term=KioskTerm.YEAR, hides_money=False, by=staff, at=now - timedelta(days=100)
    )
    KioskLink.objects.filter(pk=link.pk).update(seen_at=now - timedelta(days=95))

    tell([staff], NoticeKind.CHANGED, "改了", county=county)
    Notice.objects.filter(way="sms").update(state="failed")

    change_secret(make_shop(county), "whsec_bmV3", old_until=now + timedelta(days=3), at=now)

    found = states()

    assert [found[key] for key in ("blocked", "kiosks", "notices", "secrets")] == ["amber"] * 4


def test_without_a_database_the_rest_is_still_said(sound, monkeypatch):
    def away(*_words):
        raise OperationalError("gone")

    monkeypatch.setattr(connection, "cursor", away)

    assert read_database() == (False, 0, 0)
    found = states()
    assert (found["database"], found["triggers"], found["disk"]) == ("red", "grey", "green")


# --- the command ------------------------------------------------------------------------------------------------------------


def selfcheck(**options):
    out = io.StringIO()
    try:
        call_command("selfcheck", stdout=out, **options)
    except SystemExit as end:
        return end.code, out.getvalue()
    return 0, out.getvalue()


def test_the_command_says_all_in_both_languages_and_ends_well(sound):
    code, said = selfcheck()

    assert code == 0
    assert "✓ 数据目录：数据目录只有本系统能进，上传的文件都是加密的。" in said
    assert "· HTTPS：没有 HTTPS，只有这台机器能打开。" in said
    assert said.count("\n  ") >= len(CHECKS)


def test_the_command_ends_with_1_when_something_is_red(sound, settings):
    settings.DEBUG = True

    code, said = selfcheck(json=True)

    document = json.loads(said)
    assert code == 1
    assert document["items"][0]["key"] == "debug"
    assert document["items"][0]["state"] == "red"
    assert set(document["items"][0]) == {"key", "group", "state", "zh", "en"}
    assert set(document["items"][0]["zh"]) == {"title", "evidence", "todo"}
    assert document["counts"]["red"] >= 1
    assert sum(document["counts"].values()) == len(CHECKS)


# --- the page ---------------------------------------------------------------------------------------------------------------


def test_the_page_shows_what_is_red_first(sound, settings, county):
    settings.BACKUP_FOLDER = str(sound / "nowhere")
    client = signed_in(make_user("admin", county))

    page = client.get("/selfcheck/").content.decode()

    assert "要马上处理的有 1 项，怎么办写在下面。" in page
    assert page.index('id="backup"') < page.index('id="https"')
    assert "备份目录里没有文件。" in page
    assert all(f'id="{check.key}"' in page for check in CHECKS)


def test_a_sound_page_says_so(sound, county):
    page = signed_in(make_user("admin", county)).get("/selfcheck/").content.decode()

    assert "都查过了，一切正常。" in page


@pytest.mark.parametrize("role", ["host", "staff", "trainer", "auditor", "exporter", "approver"])
def test_nobody_else_sees_it(county, role):
    assert signed_in(make_user(role, county)).get("/selfcheck/").status_code == 403


def test_strangers_are_asked_to_sign_in():
    answer = Client().get("/selfcheck/")

    assert (answer.status_code, answer.headers["Location"]) == (302, "/login/?next=/selfcheck/")
