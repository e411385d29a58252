"""The addresses of the REST API of sessions on air."""

from __future__ import annotations

from django.urls import path

from livestream.api import audience, control, line_up, papers, reviews, selection

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
    path("api/v1/papers/", papers.Papers.as_view(), name="api_papers"),
    path("api/v1/papers/<int:pk>/", papers.PaperDetail.as_view(), name="api_paper"),
    path("api/v1/papers/<int:pk>/file/", papers.PaperFile.as_view(), name="api_paper_file"),
    path("api/v1/papers/<int:pk>/check/", papers.PaperCheck.as_view(), name="api_paper_check"),
    path(f"{SESSION}gate/", selection.Gate.as_view(), name="api_gate"),
    path(f"{SESSION}gate/pass/", selection.GatePass.as_view(), name="api_gate_pass"),
    path("api/v1/selections/", selection.Selections.as_view(), name="api_selections"),
    path("api/v1/selections/<int:pk>/", selection.SelectionDetail.as_view(), name="api_selection"),
    path("api/v1/selections/<int:pk>/step/", selection.SelectionTake.as_view(), name="api_selection_step"),
    path(f"{SESSION}readings/", audience.Readings.as_view(), name="api_readings"),
    path(f"{SESSION}comments/", audience.Comments.as_view(), name="api_comments"),
    path("api/v1/comments/<int:pk>/answer/", audience.CommentAnswer.as_view(), name="api_comment_answer"),
    path("api/v1/comments/<int:pk>/hide/", audience.CommentHide.as_view(), name="api_comment_hide"),
    path(f"{SESSION}wording/", audience.WordingCheck.as_view(), name="api_wording"),
    path(f"{SESSION}statements/", reviews.Statements.as_view(), name="api_statements"),
    path(f"{SESSION}actions/", reviews.ReviewActions.as_view(), name="api_review_actions"),
    path("api/v1/actions/<int:pk>/done/", reviews.ReviewActionDone.as_view(), name="api_review_action_done"),
]
