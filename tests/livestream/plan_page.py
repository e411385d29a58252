"""The form of a plan as a browser fills it, and what its page says."""

from __future__ import annotations

import html
import re
from datetime import datetime, timedelta

from django.utils import timezone

from livestream.actions.plan import plan_session
from livestream.rules.day import SHANGHAI

NEW, CHECK = "/plan/new/", "/plan/check/"
NOON = datetime(2026, 11, 22, 12, tzinfo=SHANGHAI)
HOUR = timedelta(hours=1)


def rows(prefix, *filled):
    given = {f"{prefix}-{n}-{name}": text for n, row in enumerate(filled) for name, text in row.items()}
    return given | {f"{prefix}-TOTAL_FORMS": str(len(filled)), f"{prefix}-INITIAL_FORMS": "0"}


def at(hour, minute=0, day=25):
    return datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI)


def errors(answer):
    found = re.findall(r'<p class="(?:error|banner bad)[^"]*"[^>]*>([^<]*)</p>', answer.content.decode())
    return [html.unescape(text) for text in found if "还没有存" not in text]


def typed(answer):
    """What stands in the fields of the page, by name."""
    text = answer.content.decode().split("<template")[0]
    boxes = re.findall(r'<input type="(?:text|date)" name="([^"]+)"(?: value="([^"]*)")?', text)
    return {name: html.unescape(value) for name, value in boxes}


def stored(plan, county, staff):
    return plan_session(plan, county=county, by=staff, at=timezone.now()).session


def fields_of(page):
    """The form as a browser would post it."""
    sheet = page.context["sheet"]
    data = {name: sheet.typed.whole().getlist(name) for name in sheet.typed.whole()}
    return data | {"version": [str(page.context["version"])]}
