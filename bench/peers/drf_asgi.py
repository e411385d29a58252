"""The DRF peer under Django's own ASGI handler."""

from __future__ import annotations

import os

from django.core.asgi import get_asgi_application

os.environ["DJANGO_SETTINGS_MODULE"] = "bench.peers.drf_settings"
application = get_asgi_application()
