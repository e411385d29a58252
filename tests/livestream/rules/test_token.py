from __future__ import annotations

import pytest

from livestream.rules.token import digest_of, is_token

TOKEN = "Ab-_" + "x" * 39


@pytest.mark.parametrize(
    ("text", "might_be"),
    [
        (TOKEN, True), ("", False), ("x" * 42, False), ("x" * 44, False), (TOKEN + "\n", False), ("\0" + "x" * 42, False),
        ("村" * 43, False), ("x" * 10_000, False), ("x" * 42 + "=", False), ("x" * 42 + "%", False),
    ],
)  # fmt: skip
def test_what_might_be_a_token(text, might_be):
    assert is_token(text) is might_be


def test_digest_is_sha256_of_the_token():
    assert digest_of("abc").hex() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
