"""What the scene and the load generators agree on."""

from __future__ import annotations

COUNTY = "140425"
SHOP_KEY = "bench-shop"
FILE_SHOP_KEY = "bench-shop-file"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ROOM = "7300000000000000001"
ACCOUNT = "880000000000000001"
SESSION_ID = "00000000-0000-4000-8000-000000000001"
LOGIN_KEY = "benchbenchbenchbenchbenchbenchbe"
COOKIE = f"cunbo={LOGIN_KEY}"
GOODS = [(f"SKU-{n:03d}", f"太行山货第{n}号 500g", 1980 + 100 * n) for n in range(24)]
