"""The addresses of viewers, comments and incidents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import path

from livestream.views import comment, growth, incident, replay_pointer, viewers

if TYPE_CHECKING:
    from django.urls import URLPattern

urlpatterns: list[URLPattern] = [
    path("sessions/<uuid:session_id>/viewers/", viewers.viewers, name="viewers"),
    path("sessions/<uuid:session_id>/viewers/file/", viewers.viewers_file, name="viewers_file"),
    path("sessions/<uuid:session_id>/viewers/file/keep/", viewers.viewers_file_keep, name="viewers_file_keep"),
    path("my/<uuid:session_id>/viewers/", viewers.my_viewers, name="my_viewers"),
    path("sessions/<uuid:session_id>/comments/", comment.comments, name="comments"),
    path("comments/<int:pk>/answer/", comment.comment_answer, name="comment_answer"),
    path("comments/<int:pk>/hide/", comment.comment_hide, name="comment_hide"),
    path("comments/<int:pk>/show/", comment.comment_show, name="comment_show"),
    path("goods/quick-answers/", comment.quick_answers, name="quick_answers"),
    path("goods/quick-answers/<int:pk>/", comment.quick_answer, name="quick_answer"),
    path("goods/growth/", growth.growth, name="growth"),
    path("people/<int:pk>/growth/", growth.person_growth, name="person_growth"),
    path("my/growth/", growth.my_growth, name="my_growth"),
    path("sessions/<uuid:session_id>/corrections/", incident.corrections, name="corrections"),
    path("incidents/<int:pk>/", incident.incident, name="incident"),
    path("incidents/<int:pk>/proof/", incident.incident_proof, name="incident_proof"),
    path("sessions/<uuid:session_id>/replay/", replay_pointer.replay_pointer, name="replay_pointer"),
]
