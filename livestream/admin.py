"""The back office of platform administrators: people, suppliers, goods. Sessions and places are only shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _

from livestream.forms import PersonCreation
from livestream.models import Guest, LineUpItem, LiveSession, Place, Product, Room, Supplier, User
from livestream.rules.rights import Action

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest

admin.site.site_header = _("村播后台")
admin.site.site_title = _("村播后台")
admin.site.index_title = _("总览")
admin.site.unregister(Group)  # roles decide here, not groups


class AdministratorsOnly(admin.ModelAdmin):  # type: ignore[type-arg]  # not generic at run time
    """The role decides what may be done here, not Django's permission rows. Nothing is deleted: history points at it. Nothing is
    done to many rows at once: a list holds those of every county."""

    actions = None

    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_authenticated and request.user.reach(Action.ADMINISTER))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        visible_to = getattr(rows, "visible_to", None)
        return visible_to(request.user, Action.ADMINISTER) if visible_to else rows

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_module_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_module_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_module_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class OnlyShown(AdministratorsOnly):
    """Rows that verbs write; here they can be read."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(User)
class UserPages(AdministratorsOnly, UserAdmin):  # type: ignore[type-arg]  # not generic at run time
    add_form = PersonCreation
    list_display = ["name", "phone", "role", "place", "live_name", "is_active"]
    list_filter = ["role", "is_active"]
    list_select_related = ["place"]
    search_fields = ["name", "phone", "live_name"]
    ordering = ["name"]
    autocomplete_fields = ["place"]
    filter_horizontal = []
    readonly_fields = ["last_login", "joined_at"]
    fieldsets = [
        (None, {"fields": ["phone", "password", "name", "live_name", "role", "place", "is_active"]}),
        (_("时间"), {"fields": ["last_login", "joined_at"]}),
    ]
    add_fieldsets = [(None, {"fields": ["phone", "name", "role", "place", "usable_password", "password1", "password2"]})]


@admin.register(Place)
class PlacePages(OnlyShown):
    list_display = ["code", "name", "level"]
    list_filter = ["level"]
    search_fields = ["=code", "name"]


@admin.register(Supplier)
class SupplierPages(AdministratorsOnly):
    list_display = ["name", "kind", "place", "county"]
    list_select_related = ["place", "county"]
    search_fields = ["name"]
    autocomplete_fields = ["county", "place"]


@admin.register(Product)
class ProductPages(AdministratorsOnly):
    list_display = ["title", "sku", "supplier", "list_price_fen", "county"]
    list_select_related = ["supplier", "county"]
    search_fields = ["title", "sku"]
    autocomplete_fields = ["county", "supplier"]


class ShownRows(admin.TabularInline):  # type: ignore[type-arg]  # not generic at run time
    extra = 0

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class Rooms(ShownRows):
    model = Room


class Guests(ShownRows):
    model = Guest


class LineUp(ShownRows):
    model = LineUpItem


@admin.register(LiveSession)
class SessionPages(OnlyShown):
    list_display = ["title", "kind", "state", "host", "planned_start_at", "county"]
    list_filter = ["state", "kind"]
    list_select_related = ["host", "county"]
    search_fields = ["title", "host__name"]
    date_hierarchy = "planned_start_at"
    inlines = [Rooms, Guests, LineUp]
