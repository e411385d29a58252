"""The addresses of the line-up, its prices, subsidies and supplies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import path

from livestream.views import line_up, line_up_sheet, line_up_versions, subsidy

if TYPE_CHECKING:
    from django.urls import URLPattern

SHEET = "sessions/<uuid:session_id>/line-up/"
urlpatterns: list[URLPattern] = [
    path(SHEET, line_up.line_up, name="line_up"),
    path(f"{SHEET}add/", line_up.add, name="line_up_add"),
    path(f"{SHEET}order/", line_up.order, name="line_up_order"),
    path(f"{SHEET}copy/", line_up_versions.copy, name="line_up_copy"),
    path(f"{SHEET}print/", line_up_versions.printed, name="line_up_print"),
    path(f"{SHEET}versions/", line_up_versions.versions, name="line_up_versions"),
    path(f"{SHEET}versions/<int:pk>/", line_up_versions.version, name="line_up_version"),
    path(f"{SHEET}versions/<int:pk>/return/", line_up_versions.version_return, name="line_up_return"),
    path(f"{SHEET}sheet/", line_up_sheet.sheet, name="line_up_sheet"),
    path(f"{SHEET}sheet/file/", line_up_sheet.sheet_file, name="line_up_sheet_file"),
    path(f"{SHEET}sheet/keep/", line_up_sheet.sheet_keep, name="line_up_sheet_keep"),
    path(f"{SHEET}<int:pk>/", line_up.item, name="line_up_item"),
    path(f"{SHEET}<int:pk>/move/", line_up.move, name="line_up_move"),
    path(f"{SHEET}<int:pk>/remove/", line_up.remove, name="line_up_remove"),
    path("goods/subsidies/", subsidy.subsidies, name="subsidies"),
    path("goods/subsidies/new/", subsidy.new, name="subsidy_new"),
    path("goods/subsidies/<int:pk>/edit/", subsidy.edit, name="subsidy_edit"),
    path("goods/subsidies/<int:pk>/approve/", subsidy.approve, name="subsidy_approve"),
    path("goods/subsidies/<int:pk>/stop/", subsidy.stop, name="subsidy_stop"),
]
