"""Pages of scripts, cards, claims, posters and the teleprompter: what a clerk and a host see, and what bad input gets."""

from __future__ import annotations

import gzip
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.urls import reverse

from livestream.actions.cue_card import save_card
from livestream.actions.poster import PosterPlan, make_poster
from livestream.actions.script import Hand, ScriptWords, save_words, script_of
from livestream.models import AuditEntry, BannedTerm, CueCard, Poster, PosterVisit, Script, ScriptTemplate
from livestream.rules.cue_card import CardWords
from livestream.rules.deed import Deed
from tests.factories import make_place, make_session, make_user
from tests.goods import make_goods, make_item
from tests.sign_in import signed_in

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def planned(county, host):
    session = make_session(county, host)
    make_item(session, make_goods(county, "processed1", title="沁州黄小米", net_weight_grams=2500))
    return session


@pytest.fixture
def clerk(staff):
    return signed_in(staff)


def at(name, session, query=""):
    return reverse(f"livestream:{name}", args=[session.pk]) + query


def test_a_clerk_writes_a_script_and_is_told_what_may_not_be_said(clerk, planned):
    page = clerk.get(at("script", planned)).content.decode()
    assert "还没有脚本" in page
    assert "直播价 29.9 元一件，合 5.98 元一斤。" in page
    assert clerk.post(at("script_make", planned), {"do": "propose", "version": 0}).status_code == 302
    said = {"version": 1, "theme": "秋收", "opening": "大家好\r\n全网最低价\0\u202e", "is_ai_made": "on"}
    assert clerk.post(at("script_words", planned), said).status_code == 302
    script = Script.objects.get(session=planned)
    assert (script.opening, script.is_ai_made, script.version) == ("大家好\n全网最低价", True, 2)
    page = clerk.get(at("script", planned)).content.decode()
    for word in ["全网最低价", "《明码标价和禁止价格欺诈规定》第十九条", "AI 生成", "讲“沁州黄小米”"]:
        assert word in page
    printed = clerk.get(at("script_print", planned)).content.decode()
    assert "AI 生成" in printed
    pdf = clerk.get(at("script_pdf", planned))
    assert (pdf["Content-Type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")


def test_the_second_editor_sees_what_is_there_and_keeps_what_he_typed(clerk, planned):
    other = make_user("staff", planned.county, name="王芳")
    save_words(planned, ScriptWords(theme="她的主题"), Hand(other, AT, 0))
    answer = clerk.post(at("script_words", planned), {"version": 0, "theme": "我的主题"})
    page = answer.content.decode()
    assert answer.status_code == 422
    for word in ["王芳改过这份脚本", "她的主题", "我的主题", "用我写的"]:
        assert word in page
    (version,) = re.findall(r'name="version" value="(\d+)"', page)
    assert clerk.post(at("script_words", planned), {"version": version, "theme": "我的主题"}).status_code == 302
    assert script_of(planned).theme == "我的主题"


def test_rows_move_by_buttons_and_by_their_order(clerk, planned):
    for version, what in enumerate("甲乙丙"):
        row = {"version": version, "kind": "item", "minutes": 5, "what": what, "speaker": "host"}
        assert clerk.post(at("script_row", planned), row).status_code == 302
    first, second, third = Script.objects.get(session=planned).rows.values_list("pk", flat=True)
    clerk.post(at("script_rows", planned), {"version": 3, "up": third})
    clerk.post(at("script_rows", planned), {"version": 4, "order": f"{second},{third},{first}"})
    assert (
        clerk.post(at("script_rows", planned), {"version": 4, "drop": first}, follow=True).content.decode().count("改过这份脚本")
        == 1
    )
    assert [row.what for row in script_of(planned).rows.all()] == ["乙", "丙", "甲"]
    edited = clerk.get(at("script_row", planned, f"?row={first}")).content.decode()
    assert 'value="甲"' in edited
    for bad in [{"minutes": 0}, {"minutes": "九"}, {"kind": "x"}, {"product": 10**9}, {"what": "字" * 201}]:
        row = {"version": 5, "kind": "item", "minutes": 5, "what": "丁", "speaker": "host"} | bad
        assert clerk.post(at("script_row", planned), row).status_code == 422
    for query in ("?row=999999999", "?row=x", "?row=²"):
        assert clerk.get(at("script_row", planned, query)).status_code == 404
    for bad in [{}, {"order": "x,y"}, {"up": "x"}, {"order": "1," * 5000}, {"version": "x", "down": first}]:
        assert clerk.post(at("script_rows", planned), bad).status_code == 302
    assert [row.what for row in script_of(planned).rows.all()] == ["乙", "丙", "甲"]


def test_a_template_is_kept_used_and_dropped(clerk, planned, county, host):
    clerk.post(at("script_make", planned), {"do": "propose", "version": 0})
    assert clerk.post(at("script_make", planned), {"do": "keep", "name": ""}).status_code == 422
    clerk.post(at("script_make", planned), {"do": "keep", "name": "晚场"})
    template = ScriptTemplate.objects.get()
    later = make_session(county, host)
    clerk.post(at("script_make", later), {"do": "use", "template": template.pk, "version": 0})
    clerk.post(at("script_make", later), {"do": "copy", "source": planned.pk, "version": 1})
    assert script_of(later).version == 2
    for bad in [{"do": "copy", "source": "x"}, {"do": "x"}, {}, {"do": "use", "template": "²"}]:
        assert clerk.post(at("script_make", later), bad).status_code == 302
    assert clerk.post(at("script_make", later), {"do": "copy"}).status_code == 404
    page = clerk.get(reverse("livestream:script_templates")).content.decode()
    assert "晚场" in page
    assert clerk.post(reverse("livestream:script_template_drop", args=[template.pk])).status_code == 302
    assert not ScriptTemplate.objects.exists()
    village = signed_in(make_user("staff", make_place("140425200", "乡")))
    assert village.post(reverse("livestream:script_template_drop", args=[template.pk])).status_code == 404


def test_a_card_is_written_and_the_teleprompter_shows_it_within_its_budget(clerk, planned, host):
    product = planned.line_up.get().product
    card = at("cue_card", planned, f"?product={product.pk}")
    assert product.supplier.name in clerk.get(card).content.decode()
    said = {"version": 0, "points": "米油厚\n养胃", "call": "点 1 号链接", "is_ai_made": "on", "tried_by_host": "on"}
    assert clerk.post(card, said).status_code == 302
    assert CueCard.objects.get().tried_by_host
    assert clerk.post(card, said).status_code == 422
    assert clerk.get(at("cue_card", planned, "?product=999")).status_code == 404
    assert clerk.get(at("cue_card", planned)).status_code == 302

    phone = signed_in(host)
    answer = phone.get(at("teleprompter", planned))
    page = answer.content.decode()
    for word in ["含 AI 生成的内容", "米油厚", "别念", "直播价 29.9 元", 'href="#end"', 'id="c1"']:
        assert word in page
    assert page.index("销售和发货") < page.index("直播价 29.9")
    assert signed_in(make_user("host", planned.county)).get(at("teleprompter", planned)).status_code == 404
    files = re.findall(r'/static/([^"]+?\.(?:css|js))"', page)
    plain = [re.sub(r"\.[0-9a-f]{12}(?=\.)", "", name) for name in files]
    weight = sum(
        len(gzip.compress(body)) for body in [answer.content, *(Path(finders.find(name)).read_bytes() for name in plain)]
    )
    assert len(files) >= 4
    assert weight < 25 * 1024


def test_anybody_tries_a_sentence_and_a_county_keeps_its_terms(clerk, host, county, stranger):
    check, claims = reverse("livestream:claims_check"), reverse("livestream:claims")
    phone = signed_in(host)
    page = phone.post(check, {"said": "小米养胃", "product_class": "processed1"}).content.decode()
    for word in ["<mark>养胃</mark>", "《食品安全法实施条例》第三十八条第一款", "可以这样"]:
        assert word in page
    assert "没有查出" in phone.post(check, {"said": "米油厚"}).content.decode()
    assert "加一个词" not in page
    term = {"term": "家人们", "why": "县里约定"}
    assert clerk.post(reverse("livestream:claims_add"), term).status_code == 302
    assert "已经在县里" in clerk.post(reverse("livestream:claims_add"), term).content.decode()
    assert clerk.post(reverse("livestream:claims_add"), {"term": ""}).status_code == 422
    assert "县里约定" in clerk.get(claims).content.decode()
    assert "县里约定" not in phone.get(claims).content.decode()  # a host is told of what he says
    live = {"field": "opening", "opening": "家人们好", "county": county.pk}
    assert "县里约定" in phone.post(check, live).content.decode()
    other = signed_in(stranger)
    assert "县里约定" not in other.post(check, live).content.decode()
    assert "县里约定" not in other.get(claims).content.decode()
    (row,) = BannedTerm.objects.all()
    assert other.post(reverse("livestream:claims_drop", args=[row.pk])).status_code == 404
    for bad in [
        {"said": "\0" * 50},
        {"said": "字" * 3000},
        {"product_class": "x", "said": "好"},
        {"field": "\0"},
        {"field": "a", "a": "最" * 9000},
    ]:
        assert phone.post(check, bad).status_code in {200, 422}
    assert clerk.post(reverse("livestream:claims_drop", args=[row.pk])).status_code == 302


def test_a_poster_is_made_printed_opened_and_counted(clerk, planned, client):
    product = planned.line_up.get().product
    said = {"kind": "item", "headline": "今年新小米", "line": "米油厚", "product": product.pk, "shows_price": "on"}
    refused = clerk.post(at("poster_new", planned), said | {"headline": "全国第一的小米"})
    assert refused.status_code == 422
    assert "不能这样写：绝对化用语" in refused.content.decode()
    assert clerk.post(at("poster_new", planned), said).status_code == 302
    poster = Poster.objects.get()
    png = clerk.get(reverse("livestream:poster_png", args=[poster.pk]))
    pdf = clerk.get(reverse("livestream:poster_pdf", args=[poster.pk]))
    assert (png.content[:8], pdf.content[:5]) == (b"\x89PNG\r\n\x1a\n", b"%PDF-")
    for _ in range(2):
        assert client.get(reverse("livestream:poster_link", args=[poster.code])).status_code == 302
    assert client.get(reverse("livestream:poster_link", args=["zzzzzzz"])).status_code == 404
    assert PosterVisit.objects.get().visits == 2
    page = clerk.get(at("posters", planned)).content.decode()
    for word in ["今年新小米", "广告", "至少留存到", '<b class="visits">2</b>']:
        assert word in page


def test_a_poster_that_was_taken_back_says_so_and_keeps_its_visits(clerk, planned, client, staff):
    poster = make_poster(planned, PosterPlan("session", "今晚八点"), by=staff, at=AT)
    code = reverse("livestream:poster_link", args=[poster.code])
    back = reverse("livestream:poster_withdraw", args=[poster.pk])
    assert client.get(code).status_code == 302

    assert "请写一句为什么撤回。" in clerk.post(back, {"why": " "}, follow=True).content.decode()
    for why in ("日期印错了", "再按一次"):
        assert clerk.post(back, {"why": why}).status_code == 302

    gone = client.get(code)
    assert (gone.status_code, "这张海报已撤回" in gone.content.decode(), "今晚" in gone.content.decode()) == (410, True, False)
    assert PosterVisit.objects.get().visits == 1
    page = clerk.get(at("posters", planned)).content.decode()
    assert "撤回：日期印错了" in page
    assert "手机图" not in page
    entry = AuditEntry.objects.get(deed=Deed.POSTER_WITHDRAWN)
    assert (entry.actor, entry.detail) == (staff, {"why": "日期印错了"})


def test_what_is_over_is_only_read(clerk, planned, staff, county):
    make_poster(planned, PosterPlan("session", "今晚八点"), by=staff, at=AT)
    save_card(planned, planned.line_up.get().product, CardWords(points="好"), Hand(staff, AT, 0))
    planned.state = "cancelled"
    planned.save(update_fields=["state"])
    assert "写脚本" not in clerk.get(at("script", planned)).content.decode()
    assert "做一张海报" not in clerk.get(at("posters", planned)).content.decode()
    assert "已经结束或取消" in clerk.post(at("script_words", planned), {"version": 0, "theme": "x"}).content.decode()
