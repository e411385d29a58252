"""The desk of comments: noted without who said it, answered once, hidden only with a reason; the quick answers of a county."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from livestream.actions.comment import Said, note_comment
from livestream.models import Comment, QuickAnswer
from livestream.rules.audience import CommentKind
from tests.factories import make_session, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def live(county, host, now):
    return make_session(county, host, went_live_at=now - timedelta(hours=1))


def noted(live, by, kind="question", words="几天能到", minutes=5):
    at = live.went_live_at + timedelta(minutes=minutes)
    return note_comment(live, Said(words, CommentKind(kind), at), by=by)[0]


def test_words_are_noted_once_without_who_said_them(client, staff, live):
    client.force_login(staff)
    there = f"/sessions/{live.pk}/comments/"
    form = {"words": "我电话13800138000，快发货", "kind": "complaint", "page": "p1", "platform": "douyin"}

    codes = [client.post(there, form).status_code for _ in range(2)]
    page = client.get(there).content.decode()

    assert codes == [302, 302]
    assert list(Comment.objects.values_list("kind", "words", "platform", "state")) == [
        ("complaint", "我电话〔号码〕，快发货", "douyin", "open")
    ]
    assert "13800138000" not in page
    assert "号码没有存" in page


@pytest.mark.parametrize(
    ("words", "kind"), [("", "question"), ("长" * 201, "question"), ("好", ""), ("好", "x"), ("\0", "praise")]
)
def test_bad_input_is_said_and_kept_in_the_form(client, staff, live, words, kind):
    client.force_login(staff)

    answer = client.post(f"/sessions/{live.pk}/comments/", {"words": words, "kind": kind})

    assert (answer.status_code, Comment.objects.count()) == (422, 0)
    assert answer.context["form"].errors


def test_what_presses_most_and_waited_longest_comes_first(client, staff, live):
    for kind, words, minutes in (
        ("praise", "好", 1),
        ("question", "新问", 9),
        ("question", "老问", 2),
        ("complaint", "坏果", 20),
    ):
        noted(live, staff, kind, words, minutes)
    client.force_login(staff)

    waiting = client.get(f"/sessions/{live.pk}/comments/").context["waiting"]

    assert [(one.words, may_hide) for one, _age, may_hide in waiting] == [
        ("坏果", False),
        ("老问", False),
        ("新问", False),
        ("好", True),
    ]


def test_a_comment_is_answered_once_and_the_second_is_told_by_whom(client, county, staff, live):
    comment, other = noted(live, staff), make_user("staff", county, name="乙")
    quick = QuickAnswer.objects.create(county=county, title="几天", words="三天到")
    client.force_login(staff)
    for _ in range(2):
        client.post(f"/comments/{comment.pk}/answer/", {"quick": quick.pk})
    client.force_login(other)

    told = client.post(f"/comments/{comment.pk}/answer/", {"answer": "明天到"}, follow=True).content.decode()

    comment.refresh_from_db()
    assert (comment.state, comment.answer, comment.settled_by) == ("answered", "三天到", staff)
    assert f"{staff.name}刚才已经处理过这一条：已答" in told


def test_only_what_disturbs_is_hidden_with_a_reason_and_comes_back(client, staff, live):
    spam, complaint = noted(live, staff, "spam", "全场一元"), noted(live, staff, "complaint", "坏果")
    client.force_login(staff)

    def hide(comment, reason):
        return client.post(f"/comments/{comment.pk}/hide/", {"reason": reason}, follow=True).content.decode()

    assert "请写一句为什么隐藏" in hide(spam, "")
    assert "不能隐藏，要回答" in hide(complaint, "太多了")
    assert "已隐藏" in hide(spam, "广告刷屏")
    states = {one.words: (one.state, one.reason) for one in Comment.objects.all()}
    assert states == {"全场一元": ("hidden", "广告刷屏"), "坏果": ("open", "")}
    client.post(f"/comments/{spam.pk}/show/")
    spam.refresh_from_db()
    assert (spam.state, spam.reason, spam.settled_by) == ("open", "", None)
    with pytest.raises(IntegrityError, match="complaints_are_not_hidden"), transaction.atomic():
        Comment.objects.filter(pk=complaint.pk).update(state="hidden", reason="x")


def test_another_county_sees_and_settles_nothing(client, staff, stranger, trainer, live):
    comment = noted(live, staff)
    seen = {}
    for name, user in {"stranger": stranger, "trainer": trainer}.items():
        client.force_login(user)
        seen[name] = [
            client.get(f"/sessions/{live.pk}/comments/").status_code,
            client.post(f"/sessions/{live.pk}/comments/", {"words": "x", "kind": "praise"}).status_code,
            client.post(f"/comments/{comment.pk}/answer/").status_code,
        ]

    assert seen == {"stranger": [404, 404, 404], "trainer": [200, 403, 403]}


def test_quick_answers_are_kept_by_the_county(client, county, staff, trainer, stranger):
    client.force_login(staff)
    form = {"title": "几天能到", "words": "三天", "county": county.pk}
    assert client.post("/goods/quick-answers/", form).status_code == 302
    taken = client.post("/goods/quick-answers/", form)
    one = QuickAnswer.objects.get()
    assert (taken.status_code, "已经有一条" in str(taken.context["form"].errors)) == (422, True)
    assert client.post(f"/goods/quick-answers/{one.pk}/", {"title": "几天能到", "words": "五天"}).status_code == 302
    one.refresh_from_db()
    assert one.words == "五天"

    seen = {}
    for name, user in {"trainer": trainer, "stranger": stranger}.items():
        client.force_login(user)
        page = client.get("/goods/quick-answers/").content.decode()
        seen[name] = [
            "五天" in page,
            client.post("/goods/quick-answers/", form | {"title": "别的"}).status_code,
            client.get(f"/goods/quick-answers/{one.pk}/").status_code,
        ]
    assert seen == {"trainer": [True, 403, 403], "stranger": [False, 302, 404]}
    client.force_login(staff)
    client.post(f"/goods/quick-answers/{one.pk}/", {"drop": "1"})
    assert QuickAnswer.objects.filter(county=county).count() == 0
