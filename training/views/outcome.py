"""What came of a year of the school: who came, what they do now, what the county may show of it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from livestream.rules.rights import Action
from livestream.views.signed_in import needs
from training.actions.counting import begun_on, figures_between, unit_of
from training.actions.outcome import outcomes_of
from training.models import school_rules_of
from training.rules.counting import Figure, meaning
from training.rules.outcome import permille_of_women
from training.rules.suppression import number_of
from training.views.desk import year_asked
from training.views.school import county_asked

if TYPE_CHECKING:
    from django.http import HttpResponse
    from django.utils.functional import _StrPromise

    from livestream.views.signed_in import SignedInRequest
    from training.rules.counting import Figures
    from training.rules.suppression import Cell

OF_PERSONS = (Figure.PEOPLE, Figure.COMPLETERS, Figure.NEW_HOSTS, Figure.FIRST_SALES)
YEARS_SHOWN = 10


class Counted(NamedTuple):
    """A figure as it may be read; how often and how many hours tell of nobody."""

    figure: Figure
    cell: Cell
    meaning: _StrPromise


def counted_of(figures: Figures, least: int) -> list[Counted]:
    def cell(figure: Figure) -> Cell:
        return number_of(figures.said(figure), least if figure in OF_PERSONS else 0)

    shown = (*OF_PERSONS[:1], Figure.ATTENDANCES, *OF_PERSONS[1:])
    return [Counted(figure, cell(figure), meaning(figure, figures.unit)) for figure in shown]


@never_cache
@needs(Action.SEE_SCHOOL)
@require_GET
def outcome(request: SignedInRequest) -> HttpResponse:
    county, counties = county_asked(request)
    today = timezone.localdate()
    year = year_asked(request.GET.get("year", ""), today)
    context: dict[str, Any] = {"county": county, "counties": counties, "year": year, "now": timezone.now()}
    if county is not None:
        rules = school_rules_of(county.pk)
        figures = figures_between(county.pk, date(year, 1, 1), date(year + 1, 1, 1), unit_of(rules))
        tables = outcomes_of(county.pk, year, least=rules.small_cell)
        women = permille_of_women(tables[0])
        begun = begun_on(county.pk, rules) or today
        context |= {
            "least": rules.small_cell,
            "unit": figures.unit,
            "counted": counted_of(figures, rules.small_cell),
            "tables": tables,
            "women": women,
            "women_percent": f"{women // 10}.{women % 10}" if women is not None else "",
            "has_people": figures.people > 0,
            "years": range(max(begun.year, today.year - YEARS_SHOWN), today.year + 1),
        }
    return render(request, "training/outcome.html", context)
