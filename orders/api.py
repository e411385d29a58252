"""The REST API of orders."""

from __future__ import annotations

from rest_framework.views import APIView


class CountyFrame(APIView):
    pass


class SessionFrame(APIView):
    pass
