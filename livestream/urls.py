"""The addresses of the county and its sessions."""

from __future__ import annotations

from django.urls import path

from livestream.views import desk, phone

app_name = "livestream"
urlpatterns = [
    path("desk/", desk.today, name="desk"),
    path("sessions/<uuid:session_id>/", desk.session, name="session"),
    path("sessions/<uuid:session_id>/event/", desk.session_event, name="session_event"),
    path("my/", phone.my_sessions, name="my_sessions"),
    path("my/<uuid:session_id>/", phone.my_session, name="my_session"),
    path("my/<uuid:session_id>/event/", phone.my_session_event, name="my_session_event"),
]
