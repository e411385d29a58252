"""The addresses of goods, papers and selection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import path

from livestream.views import gate, goods_sheet, paper, product, selection, supplier

if TYPE_CHECKING:
    from django.urls import URLPattern

urlpatterns: list[URLPattern] = [
    path("goods/", product.goods, name="goods"),
    path("goods/new/", product.new, name="product_new"),
    path("goods/geo/", product.geo, name="geo"),
    path("goods/sheet/", goods_sheet.sheet, name="goods_sheet"),
    path("goods/sheet/file/", goods_sheet.sheet_file, name="goods_sheet_file"),
    path("goods/sheet/keep/", goods_sheet.sheet_keep, name="goods_sheet_keep"),
    path("goods/sheet/wrong/", goods_sheet.sheet_wrong, name="goods_sheet_wrong"),
    path("goods/suppliers/", supplier.suppliers, name="suppliers"),
    path("goods/suppliers/new/", supplier.new, name="supplier_new"),
    path("goods/suppliers/<int:pk>/", supplier.supplier, name="supplier"),
    path("goods/suppliers/<int:pk>/edit/", supplier.edit, name="supplier_edit"),
    path("goods/suppliers/<int:pk>/use/", supplier.use, name="supplier_use"),
    path("goods/suppliers/<int:pk>/reveal/", supplier.reveal, name="supplier_reveal"),
    path("goods/papers/", paper.papers, name="papers"),
    path("goods/papers/new/", paper.new, name="paper_new"),
    path("goods/papers/rules/", paper.rules, name="paper_rules"),
    path("goods/papers/<int:pk>/", paper.paper, name="paper"),
    path("goods/papers/<int:pk>/file/", paper.paper_file, name="paper_file"),
    path("goods/papers/<int:pk>/check/", paper.check, name="paper_check"),
    path("goods/papers/<int:pk>/drop/", paper.drop, name="paper_drop"),
    path("goods/selection/", selection.board, name="selection"),
    path("goods/selection/new/", selection.new, name="selection_new"),
    path("goods/selection/minutes/", selection.minutes, name="selection_minutes"),
    path("goods/selection/<int:pk>/", selection.case, name="selection_case"),
    path("goods/selection/<int:pk>/step/", selection.step, name="selection_step"),
    path("goods/selection/<int:pk>/sample/", selection.sample, name="selection_sample"),
    path("goods/samples/<int:pk>/move/", selection.sample_move, name="sample_move"),
    path("goods/<int:pk>/", product.product, name="product"),
    path("goods/<int:pk>/edit/", product.edit, name="product_edit"),
    path("goods/<int:pk>/use/", product.use, name="product_use"),
    path("goods/<int:pk>/packaging/", product.packaging, name="product_packaging"),
    path("sessions/<uuid:session_id>/gate/", gate.override, name="gate_pass"),
]
