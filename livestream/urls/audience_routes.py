"""The addresses of viewers, comments and incidents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import path

from livestream.views import viewers

if TYPE_CHECKING:
    from django.urls import URLPattern

urlpatterns: list[URLPattern] = [
    path("sessions/<uuid:session_id>/viewers/", viewers.viewers, name="viewers"),
    path("sessions/<uuid:session_id>/viewers/file/", viewers.viewers_file, name="viewers_file"),
    path("sessions/<uuid:session_id>/viewers/file/keep/", viewers.viewers_file_keep, name="viewers_file_keep"),
    path("my/<uuid:session_id>/viewers/", viewers.my_viewers, name="my_viewers"),
]
