"""A folder for uploads, and a shop whose platform exports files."""

from __future__ import annotations

import pytest

from tests.factories import make_shop


@pytest.fixture
def uploads(settings, tmp_path):
    settings.UPLOADS = tmp_path
    return tmp_path


@pytest.fixture
def douyin(county, uploads):
    return make_shop(county, platform="douyin")
