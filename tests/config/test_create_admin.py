from __future__ import annotations

import io
import re

import pytest
from django.core.management import CommandError, call_command

from livestream.models import User

WITHOUT = set("01ilo")  # nobody copies these right from a screen


def create(phone: str, place: str, name: str = "申管理") -> str:
    said = io.StringIO()
    call_command("create_admin", phone, name, place, stdout=said)
    return said.getvalue()


def password_of(said: str) -> str:
    (password,) = re.findall(r"one-time password: (\S+)$", said, re.MULTILINE)
    return password


def test_first_person_gets_a_one_time_password_that_must_be_changed(county):
    said = create("13900000001", county.pk, " 申\u202e管理 ")

    admin = User.objects.get()
    password = password_of(said)
    assert said.splitlines()[0] == "申 管理 13900000001"
    assert re.fullmatch(r"[a-z2-9]{5}(-[a-z2-9]{5}){3}", password)
    assert not WITHOUT & set(password)
    assert (admin.role, admin.place_id, admin.state, admin.must_change_password) == ("admin", county.pk, "active", True)
    assert admin.check_password(password)


def test_passwords_are_random(county):
    assert len({password_of(create(f"1390000000{n}", county.pk)) for n in range(5)}) == 5


@pytest.mark.parametrize(
    ("phone", "place", "name", "words"),
    [
        ("13900000001", "999999", "申管理", "import_places"),
        ("139", "140425", "申管理", "手机号不对"),
        ("13900000001", "140425", "\0\u200b", "1 到 40 个字"),
        ("13900000001", "140425", "长" * 41, "1 到 40 个字"),
    ],
)
@pytest.mark.django_db
def test_what_cannot_be_is_refused(county, phone, place, name, words):
    with pytest.raises(CommandError, match=words):
        create(phone, place, name)
    assert not User.objects.exists()


def test_taken_phone_is_refused(host):
    with pytest.raises(CommandError, match="已经有人用"):
        create(host.phone, host.place_id)
