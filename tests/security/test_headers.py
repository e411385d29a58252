"""What every answer tells the browser and every cache on its way: strict, and on every kind of answer."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpResponse
from django.test import Client
from django.urls import path

from config.policy import UNUSED, USED
from tests.config.test_settings import settings_with
from tests.factories import make_user
from tests.sign_in import signed_in

POLICY = {
    "default-src 'none'", "script-src 'self'", "script-src-attr 'none'", "style-src 'self'", "style-src-attr 'none'",
    "img-src 'self' data:", "font-src 'self'", "connect-src 'self'", "manifest-src 'self'", "worker-src 'self'", "media-src 'none'",
    "frame-src 'none'", "object-src 'none'", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'",
    "require-trusted-types-for 'script'", "trusted-types default fragment", "report-uri /csp-report/", "report-to csp",
}  # fmt: skip
HEADERS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "Reporting-Endpoints": 'csp="/csp-report/"',
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Permitted-Cross-Domain-Policies": "none",
}
MANY = ["/login/", "/nowhere/", "/healthz", "/release", "/api/schema/", "/logout/", "/desk/", "/csp-report/", "/admin/login/"]


@pytest.mark.parametrize("address", MANY)
def test_every_kind_of_answer_is_strict(client, db, address):
    """Pages, a 404, plain text, a 405, a redirect to the login."""
    answer = client.get(address)

    assert set(answer.headers["Content-Security-Policy"].split("; ")) == POLICY
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    granted = dict(rule.split("=") for rule in answer.headers["Permissions-Policy"].split(", "))
    assert granted == dict.fromkeys(USED, "(self)") | dict.fromkeys(UNUSED, "()")
    assert "no-store" in answer.headers["Cache-Control"]


def test_an_error_is_strict_too(client, staff, monkeypatch):
    monkeypatch.setattr("livestream.views.desk.render", lambda *_: 1 / 0)
    quiet = Client(raise_request_exception=False)
    quiet.force_login(staff)

    answer = quiet.get("/desk/")

    assert answer.status_code == 500
    assert set(answer.headers["Content-Security-Policy"].split("; ")) == POLICY
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_static_files_may_be_kept_but_not_loaded_from_elsewhere(client, settings):
    settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = True
    assert finders.find("config/js/poll.js")

    answer = client.get("/static/config/js/poll.js")

    assert (answer.status_code, answer["Cross-Origin-Resource-Policy"], answer["X-Content-Type-Options"]) == (
        200,
        "same-origin",
        "nosniff",
    )
    assert "no-store" not in answer["Cache-Control"]
    b"".join(answer.streaming_content)


def test_a_real_system_binds_its_cookies_to_the_host_and_to_https(tmp_path):
    names = ["SESSION", "CSRF", "LANGUAGE"]
    found = settings_with(
        tmp_path,
        *(f"{name}_COOKIE_{part}" for name in names for part in ("NAME", "SECURE", "HTTPONLY", "SAMESITE")),
        "MESSAGES_COOKIE_NAME",
        "SECURE_HSTS_SECONDS",
        "SECURE_HSTS_INCLUDE_SUBDOMAINS",
        "SECURE_SSL_REDIRECT",
        HTTPS="1",
        SECRET_KEY="s" * 50,
    )

    assert {found.pop(name) for name in [*(f"{name}_COOKIE_NAME" for name in names), "MESSAGES_COOKIE_NAME"]} == {
        "__Host-cunbo", "__Host-cunbo-csrf", "__Host-cunbo_language", "__Host-cunbo_said"
    }  # fmt: skip
    assert {found.pop(f"{name}_COOKIE_SAMESITE") for name in names} == {"Lax"}
    assert found.pop("SECURE_HSTS_SECONDS") == 31_536_000
    assert set(found.values()) == {True}


def test_cookies_are_for_the_server_alone(county, shop):
    client = signed_in(make_user("staff", county))
    client.get("/desk/")
    client.post("/language/", {"language": "en", "next": "/login/"})
    limits = {"selling_out_minutes": 10, "no_orders_minutes": 10, "silent_minutes": 5, "refund_percent": 20, "refund_orders": 5}
    client.post("/alerts/thresholds/", limits)

    held = {
        (cookie.key, cookie["httponly"], cookie["samesite"], cookie["path"], cookie["domain"])
        for cookie in client.cookies.values()
    }
    assert held == {
        (settings.CSRF_COOKIE_NAME, True, "Lax", "/", ""),
        (settings.LANGUAGE_COOKIE_NAME, True, "Lax", "/", ""),
        (settings.MESSAGES_COOKIE_NAME, True, "Lax", "/", ""),
        (settings.SESSION_COOKIE_NAME, "", "", "/", None),  # as the test's own client puts it
    }


# --- caches ---------------------------------------------------------------------------------------------------------------


class SharedCache:
    """A proxy that keeps whatever the answer does not forbid to keep."""

    def __init__(self):
        self.kept = {}

    def get(self, client, address):
        if address not in self.kept:
            answer = client.get(address)
            said = {word.strip() for word in answer.headers.get("Cache-Control", "").split(",")}
            if said & {"no-store", "private"}:
                return answer.content.decode()
            self.kept[address] = answer.content.decode()
        return self.kept[address]


PERSONAL = ["/desk/", "/my/", "/board/links/", "/files/", "/alerts/", "/waiting/", "/desk/figures/", "/school/", "/admin/"]


def test_two_people_behind_one_cache_see_their_own_pages(county, other_county):
    people = [make_user("admin", county, name="申纪兰"), make_user("admin", other_county, name="李顺达")]
    cache = SharedCache()

    for address in PERSONAL:
        first, second = (cache.get(signed_in(person), address) for person in people)
        assert ("李顺达" in first, "申纪兰" in second) == (False, False), address

    assert cache.kept == {}


def mine(request):
    return HttpResponse(f"{request.user.name}")


urlpatterns = [path("mine/", mine)]


def test_control_a_view_that_forgets_is_kept_back_by_the_middleware_alone(county, other_county, settings):
    settings.ROOT_URLCONF = __name__
    people = [make_user("staff", county, name="申纪兰"), make_user("staff", other_county, name="李顺达")]
    assert [SharedCache().get(signed_in(person), "/mine/") for person in people] == ["申纪兰", "李顺达"]
    cache = SharedCache()
    assert [cache.get(signed_in(person), "/mine/") for person in people] == ["申纪兰", "李顺达"]

    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if name != "config.headers.fixed_headers"]

    assert [cache.get(signed_in(person), "/mine/") for person in people] == ["申纪兰", "申纪兰"]
