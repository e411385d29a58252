"""What `manage.py check` says of the settings besides Django's own: every command runs it, `check --deploy` runs all of it."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.checks import Error, Tags, register
from django.core.checks import Warning as Doubt

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.core.checks import CheckMessage

LOOSE = {"'unsafe-inline'", "'unsafe-eval'", "'unsafe-hashes'", "*", "http:", "https:", "blob:"}
LOGIN_MIDDLEWARE = {"django_otp.middleware.OTPMiddleware", "axes.middleware.AxesMiddleware", "config.logins.Logins"}
LONGEST_OF_NOBODY_S = 1800
STRONG = "django.contrib.auth.hashers.Argon2PasswordHasher"


@register(Tags.security)
def check_dangers(**_words: Any) -> list[CheckMessage]:
    """What must never be so, wherever Cunbo runs."""
    return [*dangers()]


@register(Tags.security, deploy=True)
def check_deployment(**_words: Any) -> list[CheckMessage]:
    """What must not be so where real people use it."""
    return [*weak_cookies(), *weak_logins()]


def dangers() -> Iterator[CheckMessage]:
    if find_spec("defusedxml") is None:
        yield Error("defusedxml is missing: workbooks would be read by a parser that unfolds entities.", id="cunbo.E001")
    if set(settings.CELERY_ACCEPT_CONTENT) != {"json"}:
        yield Error("Tasks may carry JSON only.", hint="CELERY_ACCEPT_CONTENT = ['json']", id="cunbo.E002")
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    loose = sorted(name for name, values in directives.items() if set(values) & LOOSE)
    if loose:
        yield Error(f"The Content Security Policy is open: {', '.join(loose)}.", id="cunbo.E003")
    if settings.SECRET_KEY in settings.FIELD_KEYS:
        yield Error("SECRET_KEY and FIELD_KEYS must not be the same key.", id="cunbo.E004")
    if "config.headers.fixed_headers" not in settings.MIDDLEWARE or "csp.middleware.CSPMiddleware" not in settings.MIDDLEWARE:
        yield Error("The middleware that writes the security headers is missing.", id="cunbo.E005")


def plain_cookies() -> list[str]:
    """Those that are not bound to this host and to HTTPS."""
    names = [
        settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, settings.LANGUAGE_COOKIE_NAME, settings.MESSAGES_COOKIE_NAME,
        settings.DEVICE_COOKIE_NAME,
    ]  # fmt: skip
    return [name for name in names if not name.startswith("__Host-")]


def weak_cookies() -> Iterator[CheckMessage]:
    plain = plain_cookies()
    if plain:
        yield Doubt(f"Cookies without __Host-: {', '.join(plain)}.", hint="HTTPS=1", id="cunbo.W001")
    if not settings.SESSION_COOKIE_HTTPONLY or settings.SESSION_COOKIE_SAMESITE not in {"Lax", "Strict"}:
        yield Doubt("The session cookie is open to scripts or to other sites.", id="cunbo.W002")
    if settings.PASSWORD_HASHERS[0] != STRONG:
        yield Doubt("Passwords are not hashed with Argon2 first.", id="cunbo.W003")


def weak_logins() -> Iterator[CheckMessage]:
    if not getattr(settings, "AXES_ENABLED", True) or settings.AXES_HANDLER != "livestream.actions.tries.Tries":
        yield Doubt("Wrong passwords are not counted.", hint="AXES_ENABLED, AXES_HANDLER", id="cunbo.W011")
    if missing := LOGIN_MIDDLEWARE - set(settings.MIDDLEWARE):
        yield Doubt(f"Logins do not end, or need no second factor: {', '.join(sorted(missing))}.", id="cunbo.W012")
    if settings.SESSION_COOKIE_AGE > LONGEST_OF_NOBODY_S or settings.SESSION_ENGINE != "django.contrib.sessions.backends.db":
        yield Doubt("Sessions must end by themselves, and lie where they can be ended.", id="cunbo.W013")
