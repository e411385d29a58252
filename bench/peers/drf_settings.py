"""The project's settings with only the peer's address, and with less middleware than any real site has: in its favour."""

from __future__ import annotations

from config.settings import *  # noqa: F403

ROOT_URLCONF = "bench.peers.drf_urls"
MIDDLEWARE = ["django.middleware.security.SecurityMiddleware", "django.middleware.common.CommonMiddleware"]
