from __future__ import annotations

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Makes the project package an app, so that its templates, static files and commands are found."""

    name = "config"
