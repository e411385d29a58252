from __future__ import annotations

import pytest

from tests.walks.conftest import chromium, live_url, page, server, sign_in

__all__ = ["chromium", "live_url", "page", "server", "sign_in"]


@pytest.fixture
def control_page(page):
    """A tab beside the one whose offences fail the test: here they are what is asked for."""
    beside = page.context.new_page()
    yield beside
    beside.close()
