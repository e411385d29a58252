from __future__ import annotations

import re

import pytest
from django.contrib.auth.hashers import identify_hasher, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from livestream.models import AuditEntry, User
from tests.factories import make_user
from tests.livestream.login.doors import PASSWORD, browser, entered, is_in, try_password
from tests.sign_in import signed_in

NEW = "yusan-huoche-laba-liang"


def refusals(password, user):
    try:
        validate_password(password, user)
    except ValidationError as found:
        return [one.code for one in found.error_list]
    return []


@pytest.fixture
def mei(county):
    return make_user("host", county, name="王小梅")


@pytest.mark.parametrize(
    ("password", "codes"),
    [
        ("a-b-c-d-e-f", ["password_too_short"]),
        ("x" * 12, ["password_of_our_words"]),
        (NEW, []),
        ("x9" + "月亮比碗大" * 12 + "qk", []),  # 64 signs
        ("q8w!z" * 26, ["password_too_long"]),
        ("WangXiaomei-1988", ["password_of_our_words"]),
        ("wangxiaomei-pingshunxian", ["password_of_our_words"]),
        ("平顺县的王小梅的平顺县", ["password_too_short"]),
        ("1q2w3e4r5t6y", ["password_too_common"]),
    ],
)
def test_password_is_long_and_no_word_that_others_guess(mei, password, codes):
    assert refusals(password, mei) == codes


def test_password_of_the_countys_own_words_is_refused(mei, settings):
    settings.PASSWORD_WORDS = ["hongtiguan"]
    assert refusals("hongtiguan-xiang-88", mei) == ["password_of_our_words"]


def test_argon2_is_first_and_an_older_hash_is_replaced_at_the_login(client, host, settings):
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.Argon2PasswordHasher",
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    ]
    User.objects.filter(pk=host.pk).update(password=make_password(PASSWORD, hasher="pbkdf2_sha256"))

    assert try_password(client, host.phone, PASSWORD).status_code == 302

    assert identify_hasher(User.objects.get(pk=host.pk).password).algorithm == "argon2"
    assert is_in(client)


def test_settings_hash_with_argon2_first():
    from config import settings as written

    assert written.PASSWORD_HASHERS[0] == "django.contrib.auth.hashers.Argon2PasswordHasher"


def change(client, old=PASSWORD, new=NEW, again=None):
    return client.post("/me/password/", {"old": old, "new": new, "again": new if again is None else again})


def errors(answer):
    return re.findall(r'<p class="error"[^>]*>(.*?)</p>', answer.content.decode())


def test_new_password_ends_every_other_login_and_changes_the_cookie(staff):
    here, there = entered(staff), entered(staff, address="10.0.0.2")
    before = here.cookies["cunbo"].value

    answer = change(here)

    assert answer.headers["Location"] == "/me/"
    assert (is_in(here), is_in(there)) == (True, False)
    assert here.cookies["cunbo"].value != before
    old = browser()
    old.cookies["cunbo"] = before
    assert not is_in(old)
    assert User.objects.get(pk=staff.pk).check_password(NEW)
    assert AuditEntry.objects.latest("pk").deed == "password_set"


@pytest.mark.parametrize(
    ("old", "new", "again", "said"),
    [
        ("wrong wrong wrong", NEW, None, ["现在的密码不对。"]),
        (PASSWORD, "short", None, ["密码至少 12 个字，可以是几个不相干的词连起来。"]),
        (PASSWORD, NEW, "another one entirely", ["两次填的不一样，请再填一遍。"]),
        (PASSWORD, PASSWORD, None, ["新密码要和现在的不一样。"]),
        (PASSWORD, "\0" + NEW, NEW, ["里面有看不见的字符，请删掉重新填。"]),
        (PASSWORD, "dangshen-pingshun-2026", None, ["这个密码容易被猜到：不要只用地名、产品名、姓名、手机号、年份或连着的数字。再加几个不相干的词。"]),
        ("", "", None, ["请填密码。"] * 3),
        (PASSWORD, "x1" * 65, None, ["密码最长 128 个字。"] * 2),
    ],
)  # fmt: skip
def test_bad_input_gets_a_sentence_and_changes_nothing(staff, old, new, again, said):
    client = entered(staff)

    assert errors(change(client, old, new, again)) == said

    assert User.objects.get(pk=staff.pk).check_password(PASSWORD)


def test_one_time_password_is_changed_before_anything_else(county):
    user = make_user("staff", county, must_change_password=True)
    client = entered(user)

    assert [client.get(path).headers["Location"] for path in ("/", "/desk/", "/me/")] == ["/me/password/"] * 3
    assert client.get("/api/v1/board/county/140425/").status_code == 403
    assert change(client).status_code == 302
    assert client.get("/desk/").status_code == 200


def test_whoever_acts_for_a_host_changes_no_password(host, staff):
    client = signed_in(staff)
    session = client.session
    session["acting_for"], session["acting_until"] = host.pk, 9e9
    session.save()

    for path in ("/me/", "/me/password/", "/me/devices/", "/me/second/"):
        assert client.get(path).status_code == 403
