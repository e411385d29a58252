"""The back office of platform administrators: shops may be changed, what arrived and what was booked is only shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import display_for_value
from django.contrib.admin.widgets import AdminSplitDateTime
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from livestream.admin import AdministratorsOnly, OnlyShown
from livestream.rules.errors import NotAllowed
from orders.actions.secret import change_secret, end_old_secret, judge_change, judge_end, lock_sharing
from orders.actions.token import renew_from_now_on
from orders.models import DeadLetter, Hint, Order, OrderFile, PullCursor, Shop, Sweep
from orders.platforms import ADAPTERS

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest
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

    old_secret_until = forms.SplitDateTimeField(
        label=_("旧密钥用到"),
        required=False,
        widget=AdminSplitDateTime,
        help_text=_("换密钥时，让旧密钥再用到这个时间（最多 7 天），对方好慢慢换。留空：旧密钥马上停用。同一应用的店铺一起换。"),
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
        self.at = timezone.now()
        if self.instance.has_old_secret(self.at):
            self.initial["old_secret_until"] = self.instance.old_secret_until

    def clean(self) -> dict[str, Any]:
        """Judged under the lock of the shop, which is held until it is saved: who changes a secret at the same moment waits."""
        cleaned = super().clean() or self.cleaned_data
        if self.changes_secrets and not self.errors:
            held, _ = lock_sharing(self.instance)
            try:
                if typed := cleaned["new_secret"]:
                    judge_change(held, typed, old_until=cleaned["old_secret_until"], at=self.at)
                else:
                    judge_end(held, until=cleaned["old_secret_until"], at=self.at)
            except NotAllowed as refused:
                self.add_error("new_secret" if refused.code == "secret_same" else "old_secret_until", str(refused))
        return cleaned

    @property
    def changes_secrets(self) -> bool:
        return bool(self.instance.pk and {"new_secret", "old_secret_until"} & set(self.changed_data))

    def save(self, commit: bool = True) -> Shop:
        for name in SECRETS:
            if typed := self.cleaned_data[f"new_{name}"]:
                setattr(self.instance, name, typed)
        if {"new_access_token", "new_refresh_token", "platform_shop_no"} & set(self.changed_data):
            renew_from_now_on(self.instance, at=self.at)
        saved: Shop = super().save(commit)
        return saved

    def save_changes(self) -> None:
        """What was typed and nothing else, so that what changed meanwhile by itself stays; secrets by their verbs."""
        names = {*ShopForm.Meta.fields, *(name for name in SECRETS[1:] if self.cleaned_data[f"new_{name}"])}
        if {"new_access_token", "new_refresh_token", "platform_shop_no"} & set(self.changed_data):
            names |= {"token_expires_at", "token_error", "token_due_at"}
        self.instance.save(update_fields=names)
        if self.changes_secrets:
            typed, until = self.cleaned_data["new_secret"], self.cleaned_data["old_secret_until"]
            if typed:
                change_secret(self.instance, typed, old_until=until, at=self.at)
            else:
                end_old_secret(self.instance, until=until, at=self.at)


@admin.register(Shop)
class ShopPages(AdministratorsOnly):
    form = ShopForm
    fields = [*ShopForm.Meta.fields, "new_secret", "new_access_token", "new_refresh_token", "token_expires_at", "token_error"]
    readonly_fields = ["token_expires_at", "token_error", "secret_use"]
    list_display = ["name", "platform", "key", "county", "is_practice", "is_active"]
    list_filter = ["platform", "is_active"]
    list_select_related = ["county"]
    search_fields = ["name", "=key"]
    autocomplete_fields = ["county"]

    def get_fields(self, request: HttpRequest, obj: Shop | None = None) -> list[Any]:
        """A shop that is being made has no older secret."""
        at = self.fields.index("new_secret") + 1
        return [*self.fields[:at], *(["old_secret_until", "secret_use"] if obj else []), *self.fields[at:]]

    def save_model(self, request: HttpRequest, obj: Shop, form: ShopForm, change: bool) -> None:
        if change:
            form.save_changes()
        else:
            super().save_model(request, obj, form, change)

    @admin.display(description=_("谁在用哪个密钥"))
    def secret_use(self, shop: Shop) -> str:
        if not shop.has_old_secret(timezone.now()):
            return gettext("只有一个密钥有效。")
        used = [display_for_value(at, gettext("还没有")) for at in (shop.secret_used_at, shop.old_secret_used_at)]
        return gettext("最近一次用新密钥签名：{new}；用旧密钥签名：{old}").format(new=used[0], old=used[1])


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
