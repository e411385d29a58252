"""What waits for the platform or for a person: hints, kept pushes, refunds without an order; and what staff can do about it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F, Min, TextChoices
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from livestream.rules.errors import NotAllowed
from livestream.rules.rights import Action
from livestream.views.signed_in import needs
from orders.actions.dead_letter import dismiss_message, retry_message
from orders.actions.hints import dismiss_hint, retry_hint
from orders.models import DeadLetter, Hint, Shop, Sweep
from orders.models.hint import SINCE
from orders.models.unmatched import unmatched_refunds
from orders.rules.waiting import in_words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from django.db.models import QuerySet
    from django.http import HttpResponse

    from livestream.models import User
    from livestream.views.signed_in import SignedInRequest

ROWS = 20
SILENCE = timedelta(minutes=2)  # the sweeps come every few seconds; whoever is silent that long is dead
PLEASE_WRITE = {"note_missing", "too_long"}


class Show(TextChoices):
    """The lists of the page."""

    WAITING = "waiting", gettext_lazy("正在等")
    GIVEN_UP = "given_up", gettext_lazy("没有取到")
    MESSAGES = "messages", gettext_lazy("读不懂的推送")
    REFUNDS = "refunds", gettext_lazy("对不上的退款")


@dataclass(frozen=True, slots=True)
class Choice:
    """What the reader has chosen to see; travels with every form, so that the page comes back as it was. `show` may be open."""

    show: str = ""
    shop: int | None = None
    page: int = 1

    @staticmethod
    def of(data: Mapping[str, str]) -> Choice:
        """Anything unknown is as if nothing had been chosen."""
        show, shop, page = data.get("show", ""), data.get("shop", ""), data.get("page", "")
        return Choice(
            show if show in Show.values else "",
            int(shop) if is_number(shop) else None,
            int(page) if is_number(page) else 1,
        )

    def address(self, **changes: Any) -> str:
        chosen = {"show": self.show, "shop": self.shop, "page": self.page} | changes
        query = urlencode({name: value for name, value in chosen.items() if value and value != FIRST[name]})
        return reverse("orders:waiting") + (f"?{query}" if query else "")


FIRST = {"show": "", "shop": None, "page": 1}


def is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 18


@dataclass(frozen=True, slots=True)
class Tried:
    """A note that was not taken: it is shown again with the sentence that says why."""

    pk: int
    note: str
    error: str


# --- the page -------------------------------------------------------------------------------------------------------------


@never_cache
@needs(Action.SEE_FILES)
@require_GET
def work_list(request: SignedInRequest) -> HttpResponse:
    return render_list(request, Choice.of(request.GET))


def render_list(request: SignedInRequest, choice: Choice, tried: Tried | None = None) -> HttpResponse:
    """The page, or for htmx its list alone (whose answers it draws only when they are a 200)."""
    now = timezone.now()
    shops = Shop.objects.visible_to(request.user).order_by("name")
    lists = lists_of(request.user, choice.shop)
    counts = {show: rows.count() for show, rows in lists.items()}
    if not choice.show:
        choice = replace(choice, show=next((show for show, count in counts.items() if count), Show.WAITING.value))
    paginator = Paginator(lists[choice.show], ROWS)
    paginator.count = counts[choice.show]  # asked once: among a million orders the refunds take a while
    page = paginator.get_page(choice.page)
    context = {
        "choice": choice,
        "tabs": [(Show(show), count, choice.address(show=show, page=1)) for show, count in counts.items()],
        "shops": shops,
        "page": page,
        "kept": request.user.reach(Action.KEEP_ORDERS),
        "rows": [(row, *times(row, now)) for row in page],
        "pages": [(number, choice.address(page=number)) for number in (page.number - 1, page.number + 1)],
        "oldest": oldest_sentence(request.user, now),
        "silence": silence_sentence(now),
        "tried": tried,
        "now": now,
    }
    htmx = request.htmx  # type: ignore[attr-defined]
    is_fragment = bool(htmx) and not htmx.history_restore_request
    status = 422 if tried and not is_fragment else 200
    return render(request, "orders/_waiting.html" if is_fragment else "orders/waiting.html", context, status=status)


def lists_of(user: User, shop: int | None) -> dict[str, QuerySet[Any]]:
    """Each list of the page, of one shop or of all, what waits longest first."""
    hints = Hint.objects.visible_to(user).select_related("shop", "dismissed_by")
    letters = DeadLetter.objects.visible_to(user).waiting().select_related("shop")
    refunds = unmatched_refunds(user).select_related("shop", "order")
    lists: dict[str, QuerySet[Any]] = {
        Show.WAITING: hints.waiting().oldest_first(),
        Show.GIVEN_UP: hints.given_up().annotate(since=F("given_up_at")).order_by("since", "pk"),
        Show.MESSAGES: letters.annotate(since=F("received_at")).order_by("since", "pk"),
        Show.REFUNDS: refunds.annotate(since=F("happened_at")).order_by("since", "pk"),
    }
    return lists if shop is None else {show: rows.filter(shop_id=shop) for show, rows in lists.items()}


def unsettled(user: User, now: datetime) -> int:
    """What a person should know of: given up, unreadable, or waiting longer than is usual. In one statement."""
    hints = Hint.objects.visible_to(user)
    letters = DeadLetter.objects.visible_to(user).waiting()
    return hints.late(now).values("pk").union(hints.given_up().values("pk"), letters.values("pk"), all=True).count()


def times(row: Any, now: datetime) -> tuple[str, str]:
    """How long it has been there, and how long until it is tried again ("" when that is now, or never)."""
    due_at = getattr(row, "due_at", None)
    return in_words(now - row.since), in_words(due_at - now) if due_at and due_at > now else ""


def oldest_sentence(user: User, now: datetime) -> str:
    since = Hint.objects.visible_to(user).waiting().aggregate(oldest=Min(SINCE))["oldest"]
    return _("最早的一笔已等 {time}。").format(time=in_words(now - since)) if since else ""


def silence_sentence(now: datetime) -> str:
    """When the timetable or its worker is dead, nothing that waits moves on, and nobody would know."""
    ran_at = Sweep.objects.filter(name="windows").values_list("ran_at", flat=True).first()
    if ran_at is None or now - ran_at < SILENCE:
        return ""
    return _("后台任务已经 {time}没有动静，等着的不会自动去取。请告诉系统管理员。").format(time=in_words(now - ran_at))


# --- what staff can do ----------------------------------------------------------------------------------------------------


@needs(Action.KEEP_ORDERS)
@require_POST
def retry_one_hint(request: SignedInRequest, pk: int) -> HttpResponse:
    hint = get_object_or_404(Hint.objects.visible_to(request.user, Action.KEEP_ORDERS), pk=pk)
    try:
        retry_hint(hint, by=request.user, at=timezone.now())
        messages.success(request, _("{number} 排到最前面了，马上再去取。").format(number=hint.number))
    except NotAllowed as refused:
        messages.warning(request, str(refused))
    return redirect(Choice.of(request.POST).address())


@needs(Action.KEEP_ORDERS)
@require_POST
def retry_one_message(request: SignedInRequest, pk: int) -> HttpResponse:
    letter = get_object_or_404(DeadLetter.objects.visible_to(request.user, Action.KEEP_ORDERS), pk=pk)
    try:
        if retry_message(letter, by=request.user, at=timezone.now()):
            messages.success(request, _("这一次读懂了，里面的订单已经计入。"))
        else:
            messages.warning(request, _("还是不行，推送仍然留着。原因写在下面。"))
    except NotAllowed as refused:
        messages.warning(request, str(refused))
    return redirect(Choice.of(request.POST).address())


@needs(Action.KEEP_ORDERS)
@require_POST
def dismiss_one_hint(request: SignedInRequest, pk: int) -> HttpResponse:
    hint = get_object_or_404(Hint.objects.visible_to(request.user, Action.KEEP_ORDERS), pk=pk)
    done = _("{number} 不再处理了。平台再推送它，会重新开始。").format(number=hint.number)
    return dismissed(request, lambda note: dismiss_hint(hint, by=request.user, note=note, at=timezone.now()), pk, done)


@needs(Action.KEEP_ORDERS)
@require_POST
def dismiss_one_message(request: SignedInRequest, pk: int) -> HttpResponse:
    letter = get_object_or_404(DeadLetter.objects.visible_to(request.user, Action.KEEP_ORDERS), pk=pk)
    done = _("这条推送不再处理了。")
    return dismissed(request, lambda note: dismiss_message(letter, by=request.user, note=note, at=timezone.now()), pk, done)


def dismissed(request: SignedInRequest, dismiss: Callable[[str], object], pk: int, done: str) -> HttpResponse:
    """Settles a row with the note that was typed, and says so; or says why not."""
    note = request.POST.get("note", "")
    try:
        dismiss(note)
    except NotAllowed as refused:
        return after_refusal(request, Tried(pk, note, str(refused)), refused)
    messages.success(request, done)
    return redirect(Choice.of(request.POST).address())


def after_refusal(request: SignedInRequest, tried: Tried, refused: NotAllowed) -> HttpResponse:
    """A note that must be mended comes back as it was typed; what a colleague has settled is only said."""
    if refused.code in PLEASE_WRITE:
        return render_list(request, Choice.of(request.POST), tried)
    messages.warning(request, tried.error)
    return redirect(Choice.of(request.POST).address())
