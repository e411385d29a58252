"""The back office of platform administrators: shops may be changed, what arrived and what was booked is only shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import display_for_value
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from livestream.admin import AdministratorsOnly, OnlyShown
from orders.actions.token import renew_from_now_on
from orders.models import DeadLetter, Hint, Order, OrderFile, PullCursor, Shop, Sweep
from orders.platforms import ADAPTERS

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.utils.safestring import SafeString


SECRETS = ("secret", "access_token", "refresh_token")


class ShopForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """Secrets go in and never come out: an empty field keeps what is stored."""

    platform = forms.ChoiceField(label=_("平台"))
    new_secret = forms.CharField(label=_("密钥"), required=False, widget=forms.PasswordInput(attrs={"autocomplete": "off"}))
    new_access_token = forms.CharField(
        label=_("接口令牌"), required=False, widget=forms.PasswordInput(attrs={"autocomplete": "off"})
    )

    new_refresh_token = forms.CharField(
        label=_("刷新令牌"), required=False, widget=forms.PasswordInput(attrs={"autocomplete": "off"})
    )

    class Meta:
        model = Shop
        fields = ["county", "platform", "name", "key", "app_key", "platform_shop_no", "is_practice", "is_active"]
        help_texts = {"platform_shop_no": _("平台自己的店铺号。一个应用服务几家店铺时，靠它分清推送；自用应用靠它自己换令牌。")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if platform := self.fields.get("platform"):
            platform.choices = [(name, name) for name in sorted(ADAPTERS)]  # type: ignore[attr-defined]
        for name in SECRETS:
            self.fields[f"new_{name}"].help_text = _("已存。留空就不改。") if getattr(self.instance, name) else _("还没有。")
        self.fields["new_secret"].required = not self.instance.secret

    def save(self, commit: bool = True) -> Shop:
        for name in SECRETS:
            if typed := self.cleaned_data[f"new_{name}"]:
                setattr(self.instance, name, typed)
        if {"new_access_token", "new_refresh_token", "platform_shop_no"} & set(self.changed_data):
            renew_from_now_on(self.instance, at=timezone.now())
        saved: Shop = super().save(commit)
        return saved


@admin.register(Shop)
class ShopPages(AdministratorsOnly):
    form = ShopForm
    fields = [*ShopForm.Meta.fields, *(f"new_{name}" for name in SECRETS), "token_expires_at", "token_error"]
    readonly_fields = ["token_expires_at", "token_error"]
    list_display = ["name", "platform", "key", "county", "is_practice", "is_active"]
    list_filter = ["platform", "is_active"]
    list_select_related = ["county"]
    search_fields = ["name", "=key"]
    autocomplete_fields = ["county"]


class Big(OnlyShown):
    """Tables of millions of rows: newest first, no second count of everything."""

    show_full_result_count = False
    list_per_page = 50


def as_table(rows: QuerySet[Any, tuple[Any, ...]]) -> SafeString:
    """Rows of an order's own tables, whose keys of several columns the admin site has no pages for."""
    cells = ((format_html_join("", "<td>{}</td>", ((display_for_value(value, "—"),) for value in row)),) for row in rows)
    return format_html("<table>{}</table>", format_html_join("", "<tr>{}</tr>", cells))


@admin.register(Order)
class OrderPages(Big):
    list_display = ["order_no", "shop", "status", "paid_at", "session", "province"]
    list_filter = ["status", "evidence", "is_contested"]
    list_select_related = ["shop", "session"]
    search_fields = ["=order_no"]
    ordering = ["-pk"]
    readonly_fields = ["lines_shown", "after_sales_shown", "ledger_shown"]

    @admin.display(description=_("订单行"))
    def lines_shown(self, order: Order) -> SafeString:
        return as_table(order.lines.order_by("line_no").values_list("line_no", "sku", "title", "quantity", "paid_fen"))

    @admin.display(description=_("售后单"))
    def after_sales_shown(self, order: Order) -> SafeString:
        rows = order.after_sales.order_by("after_sale_no")
        return as_table(
            rows.values_list("after_sale_no", "line_no", "status", "refund_fen", "quantity", "happened_at", "is_guess")
        )

    @admin.display(description=_("账本"))
    def ledger_shown(self, order: Order) -> SafeString:
        rows = order.ledger.order_by("recorded_at", "id")
        columns = (
            "recorded_at",
            "cause",
            "line_no",
            "business_day",
            "orders",
            "units",
            "paid_fen",
            "refunded_fen",
            "refunded_on",
        )
        return as_table(rows.values_list(*columns))


@admin.register(Hint)
class HintPages(Big):
    list_display = ["number", "kind", "shop", "attempts", "due_at", "given_up_at", "reason", "last_error", "dismissed_by", "note"]
    list_filter = ["reason"]
    list_select_related = ["shop", "dismissed_by"]
    search_fields = ["=number"]
    ordering = ["-pk"]


@admin.register(DeadLetter)
class DeadLetterPages(OnlyShown):
    list_display = ["received_at", "shop", "reason", "size", "tries", "due_at", "state", "by", "at", "note"]
    list_filter = ["state", "reason"]
    list_select_related = ["shop", "by"]
    exclude = ["digest"]
    ordering = ["-pk"]


@admin.register(Sweep)
class SweepPages(OnlyShown):
    list_display = ["name", "ran_at"]
    ordering = ["name"]


@admin.register(PullCursor)
class PullCursorPages(OnlyShown):
    list_display = ["shop", "kind", "pulled_until", "position", "found", "due_at", "last_error"]
    list_select_related = ["shop"]
    ordering = ["shop", "kind"]


@admin.register(OrderFile)
class OrderFilePages(OnlyShown):
    list_display = ["name", "shop", "state", "rows_read", "rows_applied", "rows_duplicate", "rows_rejected", "uploaded_at"]
    list_filter = ["state"]
    list_select_related = ["shop"]
    ordering = ["-uploaded_at"]
