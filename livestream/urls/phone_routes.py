"""The addresses of the host's phone: check, start, stage. Taps go to `orders`, which knows orders: `orders:tap`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import path

from livestream.views import phone_stage, preflight, worker

if TYPE_CHECKING:
    from django.urls import URLPattern

urlpatterns: list[URLPattern] = [
    path("my-worker.js", worker.my_worker, name="my_worker"),
    path("my/<uuid:session_id>/stage/", phone_stage.my_stage, name="my_stage"),
    path("my/<uuid:session_id>/preflight/", preflight.my_preflight, name="my_preflight"),
    path("sessions/<uuid:session_id>/preflight/", preflight.preflight, name="preflight"),
    path("sessions/<uuid:session_id>/preflight/look/", preflight.preflight_look, name="preflight_look"),
    path("sessions/<uuid:session_id>/preflight/pass/", preflight.preflight_pass, name="preflight_pass"),
]
