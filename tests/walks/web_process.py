"""`python -m tests.walks.web_process PORT`: Cunbo in a process of its own, with static files as they lie in the sources."""

from __future__ import annotations

import sys

import django
import uvicorn
from django.conf import settings


def main(port: int) -> None:
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    django.setup()
    from django.contrib.staticfiles.handlers import ASGIStaticFilesHandler

    from config.asgi import application

    uvicorn.run(
        ASGIStaticFilesHandler(application), port=port, ws="config.machine.wire:Wire", lifespan="off", log_level="warning"
    )  # fmt: skip


if __name__ == "__main__":
    main(int(sys.argv[1]))
