"""The addresses of the public page, complaints and the practice room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import path

from livestream.views import complaint, practice, public_page

if TYPE_CHECKING:
    from django.urls import URLPattern

urlpatterns: list[URLPattern] = [
    path("s/answer/", public_page.said_answer, name="public_answer"),
    path("s/<uuid:session_id>/", public_page.session, name="public_session"),
    path("s/<uuid:session_id>/say/", public_page.say_something, name="public_say"),
    path("sessions/<uuid:session_id>/code/", public_page.code, name="public_code"),
    path("goods/complaints/", complaint.complaints, name="complaints"),
    path("goods/complaints/<int:pk>/", complaint.complaint, name="complaint"),
    path("goods/complaints/<int:pk>/contact/", complaint.contact, name="complaint_contact"),
    path("goods/complaints/line/<str:code>/", complaint.service_line, name="service_line"),
    path("my/practice/", practice.practice, name="practice"),
    path("my/<uuid:session_id>/practice/", practice.result, name="practice_result"),
]
