"""What is told to a board stays small: titles first, then entries."""

from __future__ import annotations

from orders.board.fit import LIMIT, clipped, encode, fit, last_first

LONG = "平顺深山老品种农家小米礼盒装一共二十个字以上的商品名称特别长的那一种"


def test_what_is_small_is_said_as_it_is():
    document = {"title": LONG, "items": [1, 2]}

    assert fit(document, [("items", 0)]) is document


def test_titles_are_cut_before_anything_is_left_out():
    document = {"items": [{"id": n, "title": LONG} for n in range(35)]}

    assert fit(document, [("items", 0)]) == {"items": [{"id": n, "title": LONG[:23] + "…"} for n in range(35)]}


def test_and_cut_shorter():
    document = {"items": [{"id": n, "title": LONG} for n in range(60)]}

    assert fit(document, [("items", 0)]) == {"items": [{"id": n, "title": LONG[:11] + "…"} for n in range(60)]}


def test_then_the_most_expendable_go_and_are_counted():
    document = {"items": [{"id": n, "title": LONG} for n in range(99)], "lanes": {f"{n}": {"top": LONG} for n in range(40)}}

    small = fit(document, [*last_first(document, "lanes", "items")])

    assert len(encode(small)) <= LIMIT
    assert small["lanes"] == {}
    assert small["more"] == {"lanes": 40, "items": 99 - len(small["items"])}
    assert [item["id"] for item in small["items"]] == list(range(len(small["items"])))
    assert len(encode(small)) > LIMIT - 100  # and no more of them than must


def test_what_is_ours_stays_whole():
    assert clipped({"id": "9" * 40, "at": ["2026-11-21T12:25:30Z"], "name": LONG[:12]}, 12) == {
        "id": "9" * 40,
        "at": ["2026-11-21T12:25:30Z"],
        "name": LONG[:12],
    }
