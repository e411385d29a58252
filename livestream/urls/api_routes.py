"""The addresses of the REST API of sessions on air."""

from __future__ import annotations

from django.urls import path

from livestream.api import control, line_up

SESSION = "api/v1/sessions/<uuid:session_id>/"
ITEM = f"{SESSION}line-up/items/<int:item_id>/"
VERSION = f"{SESSION}line-up/versions/<int:version_id>/"
urlpatterns = [
    path(f"{SESSION}control/", control.ControlLog.as_view(), name="api_control"),
    path(f"{SESSION}stage/", control.StageDetail.as_view(), name="api_stage"),
    path(f"{SESSION}line-up/", line_up.LineUp.as_view(), name="api_line_up"),
    path(f"{SESSION}line-up/order/", line_up.LineUpOrder.as_view(), name="api_line_up_order"),
    path(f"{SESSION}line-up/copy/", line_up.LineUpCopy.as_view(), name="api_line_up_copy"),
    path(ITEM, line_up.LineUpItemDetail.as_view(), name="api_line_up_item"),
    path(f"{ITEM}move/", line_up.LineUpItemMove.as_view(), name="api_line_up_move"),
    path(f"{ITEM}remove/", line_up.LineUpItemRemove.as_view(), name="api_line_up_remove"),
    path(f"{SESSION}line-up/versions/", line_up.LineUpVersions.as_view(), name="api_line_up_versions"),
    path(VERSION, line_up.LineUpVersionDetail.as_view(), name="api_line_up_version"),
    path(f"{VERSION}return/", line_up.LineUpReturn.as_view(), name="api_line_up_return"),
]
