from __future__ import annotations

import gc

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.contrib.staticfiles.apps import StaticFilesConfig

from config import checks as checks
from config.tracked import follow_rows


class ConfigConfig(AppConfig):
    """Makes the project package an app, so that its templates, static files and commands are found."""

    name = "config"

    def ready(self) -> None:
        """The audit log follows the rows of the tables it is told to.

        What is loaded by now stays for ever: looking through it for garbage again and again took an eighth of the time of a
        push, and as much of an import."""
        follow_rows()
        gc.collect()
        gc.freeze()
        gc.set_threshold(20_000, 20, 20)


class BackOfficeConfig(AdminConfig):
    default_site = "livestream.back_office.BackOffice"


class OurStaticFiles(StaticFilesConfig):
    """Leaves out what no page uses: htmx comes from our own vendor folder, and the API has no HTML pages."""

    ignore_patterns = [*StaticFilesConfig.ignore_patterns, "django_htmx", "rest_framework"]
