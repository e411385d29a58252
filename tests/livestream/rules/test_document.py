"""One JSON document, or a reason why not."""

from __future__ import annotations

import pytest

from livestream.rules.document import BadDocument, read_document


@pytest.mark.parametrize(
    ("body", "document"),
    [
        (b"{}", {}),
        (b' [1, 2.5, "a", null, true] ', [1, 2.5, "a", None, True]),
        ('{"名":"值"}'.encode(), {"名": "值"}),
        (b'"\\ud83d\\ude00"', "😀"),
        (b"9223372036854775807", 2**63 - 1),
        (b"[" * 20 + b"]" * 20, [[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]),
    ],
)
def test_a_document_is_read(body, document):
    assert read_document(body) == document


@pytest.mark.parametrize(
    ("body", "word"),
    [
        (b"", "完整"),
        (b"{", "完整"),
        (b"{} {}", "完整"),
        (b"\xef\xbb\xbf{}", "完整"),
        (b"\xff", "UTF-8"),
        (b"[NaN]", "NaN"),
        (b"-Infinity", "NaN"),
        (b"1e999", "太大"),
        (b"9" * 20, "太大"),
        (b"9" * 5000, "太大"),
        (b'{"a":1,"a":1}', "同名"),
        (b'{"a":{"b":1,"b":2}}', "同名"),
        (b'{"\\u0061":1,"a":2}', "同名"),
        (b'["\\ud800"]', "代理"),
        (b'{"\\udfff":1}', "代理"),
        (b'["\\u0000"]', "NUL"),
        (b'{"a\\u0000":1}', "NUL"),
        (b"[" * 21 + b"]" * 21, "太深"),
        (b"[" * 60_000, "太深"),
        (b'{"a":' * 60_000, "太深"),
    ],
)
def test_what_two_readers_could_take_differently_is_refused(body, word):
    with pytest.raises(BadDocument, match=word):
        read_document(body)
