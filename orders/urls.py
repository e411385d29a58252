"""The addresses of orders, HTTP and websocket."""

from __future__ import annotations

from django.urls import path, register_converter

from orders.api import alerts as alert_api
from orders.api import boards as api
from orders.api import history as history_api
from orders.api import orders as order_api
from orders.api import replay as replay_api
from orders.api import subsidies as subsidy_api
from orders.api import trust as trust_api
from orders.board.admission import STAGE
from orders.board.consumers import BoardConsumer
from orders.views import (
    alerts,
    board,
    campaign,
    exports,
    figures,
    files,
    growth,
    history,
    kiosk,
    replay,
    subsidy,
    tap,
    timeline,
    trust,
    waiting,
)


class CountyCode:
    """An official code in an address. Its length says what it names, so a province's board is not at a county's address."""

    regex = "[0-9]{6}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class CityCode(CountyCode):
    regex = "[0-9]{4}"


class ProvinceCode(CountyCode):
    regex = "[0-9]{2}"


register_converter(CountyCode, "county")
register_converter(CityCode, "city")
register_converter(ProvinceCode, "province")

app_name = "orders"
urlpatterns = [
    path("goods/subsidies/<int:pk>/", subsidy.subsidy, name="subsidy"),
    path("goods/subsidies/<int:pk>/file/", subsidy.subsidy_file, name="subsidy_file"),
    path("board/county/<county:code>/", board.county_board, name="county_board"),
    path("board/city/<city:code>/", board.rollup_board, name="city_board"),
    path("board/province/<province:code>/", board.rollup_board, name="province_board"),
    path("board/session/<uuid:session_id>/", board.session_board, name="session_board"),
    path("board/links/", kiosk.links, name="kiosk_links"),
    path("board/links/<int:pk>/revoke/", kiosk.revoke, name="kiosk_revoke"),
    path("board/session/<uuid:session_id>/replay/", replay.session_replay, name="session_replay"),
    path("api/v1/board/session/<uuid:session_id>/replay/", replay_api.SessionReplay.as_view(), name="session_replay_states"),
    path("api/v1/board/county/<str:code>/", api.CountyFrame.as_view(), name="county_frame"),
    path("api/v1/board/county/<str:code>/detail/", api.CountyDetail.as_view(), name="county_detail"),
    path("api/v1/board/city/<str:code>/", api.RollupFrame.as_view(level="city"), name="city_frame"),
    path("api/v1/board/city/<str:code>/detail/", api.RollupDetail.as_view(level="city"), name="city_detail"),
    path("api/v1/board/province/<str:code>/", api.RollupFrame.as_view(level="province"), name="province_frame"),
    path("api/v1/board/province/<str:code>/detail/", api.RollupDetail.as_view(level="province"), name="province_detail"),
    path("api/v1/board/session/<uuid:session_id>/", api.SessionFrame.as_view(), name="session_frame"),
    path("api/v1/board/session/<uuid:session_id>/detail/", api.SessionDetail.as_view(), name="session_detail"),
    path("sessions/<uuid:session_id>/figures/", figures.figures, name="figures"),
    path("sessions/<uuid:session_id>/history/", history.history, name="session_history"),
    path("my/<uuid:session_id>/tap/", tap.tap, name="tap"),
    path("desk/figures/", figures.county_figures, name="county_figures"),
    path("campaigns/<int:pk>/figures/", campaign.campaign_figures, name="campaign_figures"),
    path("people/<int:pk>/growth/figures/", growth.host_growth, name="host_growth"),
    path("sessions/<uuid:session_id>/timeline/", timeline.session_timeline, name="session_timeline"),
    path("orders/trust/", trust.trust, name="trust"),
    path("files/", files.file_list, name="files"),
    path("files/upload/", files.upload, name="file_upload"),
    path("files/<uuid:file_id>/", files.file_detail, name="file"),
    path("files/<uuid:file_id>/import/", files.start_import, name="file_import"),
    path("files/<uuid:file_id>/rejected.csv", files.rejected_rows, name="file_rejected"),
    path("exports/", exports.export_list, name="exports"),
    path("exports/new/", exports.new, name="export_new"),
    path("exports/<uuid:export_id>/", exports.detail, name="export"),
    path("exports/<uuid:export_id>/decide/", exports.decide, name="export_decide"),
    path("exports/<uuid:export_id>/withdraw/", exports.withdraw, name="export_withdraw"),
    path("exports/<uuid:export_id>/download/", exports.download, name="export_download"),
    path("alerts/", alerts.inbox, name="alerts"),
    path("alerts/thresholds/", alerts.thresholds, name="alert_thresholds"),
    path("alerts/<int:pk>/acknowledge/", alerts.acknowledge_one, name="alert_acknowledge"),
    path("api/v1/alerts/", alert_api.AlertList.as_view(), name="alert_list"),
    path("api/v1/alerts/<int:pk>/acknowledge/", alert_api.AlertAcknowledgement.as_view(), name="alert_acknowledgement"),
    path("api/v1/shops/", order_api.Shops.as_view(), name="api_shops"),
    path("api/v1/shops/<int:pk>/", order_api.ShopDetail.as_view(), name="api_shop"),
    path("api/v1/shops/<int:pk>/orders/<str:order_no>/", order_api.OrderOfShop.as_view(), name="api_order_of_shop"),
    path("api/v1/orders/", order_api.Orders.as_view(), name="api_orders"),
    path("api/v1/orders/<int:pk>/", order_api.OrderDetail.as_view(), name="api_order"),
    path("api/v1/figures/days/", order_api.DayFigures.as_view(), name="api_day_figures"),
    path("api/v1/subsidies/<int:pk>/ledger/", subsidy_api.SubsidyLedger.as_view(), name="api_subsidy_ledger"),
    path("api/v1/subsidies/<int:pk>/sums/", subsidy_api.SubsidySums.as_view(), name="api_subsidy_sums"),
    path("api/v1/sessions/<uuid:session_id>/history/", history_api.History.as_view(), name="api_history"),
    path("api/v1/trust/", trust_api.Trust.as_view(), name="api_trust"),
    path("waiting/", waiting.work_list, name="waiting"),
    path("waiting/hints/<int:pk>/retry/", waiting.retry_one_hint, name="hint_retry"),
    path("waiting/hints/<int:pk>/dismiss/", waiting.dismiss_one_hint, name="hint_dismiss"),
    path("waiting/messages/<int:pk>/retry/", waiting.retry_one_message, name="message_retry"),
    path("waiting/messages/<int:pk>/dismiss/", waiting.dismiss_one_message, name="message_dismiss"),
]
websocket_urlpatterns = [
    path("ws/board/county/<county:code>/", BoardConsumer.as_asgi()),
    path("ws/board/city/<city:code>/", BoardConsumer.as_asgi()),
    path("ws/board/province/<province:code>/", BoardConsumer.as_asgi()),
    path("ws/board/session/<uuid:session_id>/", BoardConsumer.as_asgi()),
    path("ws/stage/<uuid:session_id>/", BoardConsumer.as_asgi(), {"part": STAGE}),
]
