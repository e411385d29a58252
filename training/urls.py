"""The addresses of the school."""

from __future__ import annotations

from django.urls import path

from training.views import desk

app_name = "training"
urlpatterns = [
    path("school/", desk.desk, name="desk"),
]
