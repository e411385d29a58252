from __future__ import annotations

from django.apps import AppConfig
from django.contrib.staticfiles.apps import StaticFilesConfig


class ConfigConfig(AppConfig):
    """Makes the project package an app, so that its templates, static files and commands are found."""

    name = "config"


class OurStaticFiles(StaticFilesConfig):
    """Leaves out what no page uses: htmx comes from our own vendor folder, and the API has no HTML pages."""

    ignore_patterns = [*StaticFilesConfig.ignore_patterns, "django_htmx", "rest_framework"]
