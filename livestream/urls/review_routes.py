"""The addresses of reviews and their actions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import path

from livestream.views import review

if TYPE_CHECKING:
    from django.urls import URLPattern

urlpatterns: list[URLPattern] = [
    path("sessions/<uuid:session_id>/review/", review.review, name="review"),
    path("sessions/<uuid:session_id>/review/note/", review.review_note, name="review_note"),
    path("sessions/<uuid:session_id>/review/actions/", review.review_action_new, name="review_action_new"),
    path("sessions/<uuid:session_id>/review/close/", review.review_close, name="review_close"),
    path("sessions/<uuid:session_id>/review.pdf", review.review_pdf, name="review_pdf"),
    path("review/actions/<int:pk>/done/", review.review_action_done, name="review_action_done"),
    path("review/actions/<int:pk>/reopen/", review.review_action_reopen, name="review_action_reopen"),
    path("definitions/", review.definitions, name="definitions"),
]
