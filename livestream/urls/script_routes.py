"""The addresses of scripts, claims and posters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import path

from livestream.views import poster, script, script_copy, teleprompter, wording

if TYPE_CHECKING:
    from django.urls import URLPattern

urlpatterns: list[URLPattern] = [
    path("goods/claims/", wording.claims, name="claims"),
    path("goods/claims/check/", wording.claims_check, name="claims_check"),
    path("goods/claims/terms/", wording.claims_add, name="claims_add"),
    path("goods/claims/terms/<int:pk>/drop/", wording.claims_drop, name="claims_drop"),
    path("goods/script-templates/", script_copy.templates, name="script_templates"),
    path("goods/script-templates/<int:pk>/drop/", script_copy.template_drop, name="script_template_drop"),
    path("sessions/<uuid:session_id>/script/", script.script, name="script"),
    path("sessions/<uuid:session_id>/script/words/", script.words, name="script_words"),
    path("sessions/<uuid:session_id>/script/row/", script.row, name="script_row"),
    path("sessions/<uuid:session_id>/script/rows/", script.rows, name="script_rows"),
    path("sessions/<uuid:session_id>/script/make/", script_copy.make, name="script_make"),
    path("sessions/<uuid:session_id>/script/card/", script.cue_card, name="cue_card"),
    path("sessions/<uuid:session_id>/script/print/", script.print_page, name="script_print"),
    path("sessions/<uuid:session_id>/script/script.pdf", script.pdf, name="script_pdf"),
    path("sessions/<uuid:session_id>/posters/", poster.posters, name="posters"),
    path("sessions/<uuid:session_id>/posters/new/", poster.new, name="poster_new"),
    path("posters/<int:pk>/poster.pdf", poster.poster_pdf, name="poster_pdf"),
    path("posters/<int:pk>/poster.png", poster.poster_png, name="poster_png"),
    path("posters/<int:pk>/withdraw/", poster.withdraw, name="poster_withdraw"),
    path("p/<str:short>/", poster.link, name="poster_link"),
    path("my/<uuid:session_id>/script/", teleprompter.teleprompter, name="teleprompter"),
]
