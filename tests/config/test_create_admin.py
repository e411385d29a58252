from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command

from livestream.models import User

PASSWORD = "shi-jin-jie-de-mima"


def create(monkeypatch, phone: str, place: str, password: str = PASSWORD) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))
    call_command("create_admin", phone, "申管理", place, stdout=io.StringIO())


def test_first_person_may_sign_in_and_open_the_admin_site(client, county, monkeypatch):
    create(monkeypatch, "13900000001", county.pk)

    admin = User.objects.get()
    assert (admin.phone, admin.name, admin.place_id, admin.is_staff, admin.check_password(PASSWORD)) == (
        "13900000001",
        "申管理",
        county.pk,
        True,
        True,
    )
    client.force_login(admin)
    assert client.get("/admin/").status_code == 200


@pytest.mark.parametrize(
    ("phone", "place", "password", "words"),
    [
        ("13900000001", "999999", PASSWORD, "import_places"),
        ("139", "140425", PASSWORD, "手机号不对"),
        ("13900000001", "140425", "short", "12"),
    ],
)
@pytest.mark.django_db
def test_what_cannot_be_is_refused(county, monkeypatch, phone, place, password, words):
    with pytest.raises(CommandError, match=words):
        create(monkeypatch, phone, place, password)
    assert not User.objects.exists()


def test_taken_phone_is_refused(host, monkeypatch):
    with pytest.raises(CommandError, match="已经有人用"):
        create(monkeypatch, host.phone, host.place_id)
