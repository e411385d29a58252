from __future__ import annotations

import pytest
from django.template import Context, Template
from django.utils import timezone

from livestream.actions.gate import gate_of, override_gate
from tests.factories import make_product, make_session, make_user
from tests.goods import make_item

pytestmark = pytest.mark.django_db
GATE = """{% load goods %}{% for item in items %}{% with gate=gates|gate_for:item.product_id %}{% include "livestream/_gate_state.html"
 with product=item.product %}{% endwith %}{% endfor %}""".replace("\n", "")


def test_the_state_of_the_gate_is_shown_beside_an_item_with_a_form_for_who_may(county):
    show = make_session(county, make_user("host", county))
    approver = make_user("approver", county, name="老郭")
    items = [make_item(show, make_product(county, product_class=each)) for each in ("craft", "primary", "")]
    passed = make_item(show, make_product(county, product_class="primary"))
    override_gate(show, passed.product, reason="合格证晚上到", by=approver, at=timezone.now())

    def shown(item, *, may_pass):
        gates = gate_of(show, on=timezone.localdate())
        context = {"items": [item], "gates": gates, "session": show, "may_pass": may_pass, "next": "/x/"}
        return Template(GATE).render(Context(context))

    craft, primary, unknown = items
    assert "证件齐" in shown(craft, may_pass=True)
    assert "没有承诺达标合格证" in shown(primary, may_pass=False)
    assert ["<form" in shown(item, may_pass=True) for item in (*items, passed)] == [False, True, False, False]
    assert "<form" not in shown(primary, may_pass=False)
    assert "还没写商品类别" in shown(unknown, may_pass=True)
    assert "老郭" in shown(passed, may_pass=False)
    assert "合格证晚上到" in shown(passed, may_pass=False)
