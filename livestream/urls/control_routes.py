"""The addresses of the control desk."""

from __future__ import annotations

from django.urls import path

from livestream.views import control, control_log

urlpatterns = [
    path("sessions/<uuid:session_id>/desk/", control.control_desk, name="control_desk"),
    path("sessions/<uuid:session_id>/desk/press/", control.control_press, name="control_press"),
    path("sessions/<uuid:session_id>/log/", control_log.control_log, name="control_log"),
]
