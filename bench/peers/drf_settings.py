"""The project's settings with only the peer's address, and with less middleware than any real site has: in its favour."""

from __future__ import annotations

from config.settings import *  # noqa: F403

ROOT_URLCONF = "bench.peers.drf_urls"
MIDDLEWARE = ["django.middleware.security.SecurityMiddleware", "django.middleware.common.CommonMiddleware"]
# 128 requests share 16 connections; in the project a request that waits 3 s for one is turned away, here it waits.
DATABASES["default"]["OPTIONS"]["pool"] = {"min_size": 16, "max_size": 16, "timeout": 60}  # noqa: F405
