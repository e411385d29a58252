"""What a village phone must fetch before it can be used: the page on air, its styles, its scripts."""

from __future__ import annotations

import gzip
import posixpath
import re
from datetime import timedelta
from pathlib import Path

from django.contrib.staticfiles import finders

from livestream.actions.pitch import start_pitch
from tests.factories import make_product, make_session

IMPORTED = re.compile(r'(?:from|import) "(\.[^"]+)"')


def static_files(page):
    """The names of all that the page loads, and of what its scripts import, and those again."""
    names = set(re.findall(r'(?:href|src)="/static/([^"]+)"', page))
    asked = [name for name in names if name.endswith(".js")]
    while asked:
        name = asked.pop()
        imported = IMPORTED.findall(Path(finders.find(name)).read_text())
        found = {posixpath.normpath(posixpath.join(posixpath.dirname(name), other)) for other in imported} - names
        names |= found
        asked += found
    return names


def test_first_view_on_air_with_twelve_items_weighs_at_most_25_kilobytes(client, county, host, now):
    points = "平顺道地产区，三年以上\n条粗皮紧，不熏硫\n煲汤炖鸡一次 20 克"
    products = [make_product(county, title=f"太行山里慢慢长大的好东西 第{n}号 500g", selling_points=points) for n in range(12)]
    session = make_session(
        county, host, went_live_at=now - timedelta(hours=1), line_up=[(product, 5980, 860) for product in products]
    )
    start_pitch(session, products[3], at=now)
    client.force_login(host)

    page = client.get(f"/my/{session.pk}/").content
    contents = {name: Path(finders.find(name)).read_bytes() for name in static_files(page.decode())} | {"page": page}
    weights = {name: len(gzip.compress(content)) for name, content in contents.items()}

    scripts = {"config/js/poll.js", "config/js/outbox.js", "config/js/clock.js", "config/js/offline.js", "livestream/js/stage.js"}
    scripts |= {"config/js/stage_socket.js", "config/js/socket.js", "config/js/trusted.js"}
    assert scripts <= set(weights)
    assert not any("vendor" in name for name in weights)
    assert sum(weights.values()) <= 25_000, weights
