from __future__ import annotations

from django.urls import path

from bench.peers.drf_view import PushView

urlpatterns = [path("push/standard/<str:key>/", PushView.as_view())]
