"""What lies about a session of the world of rights: goods, papers, scripts, the log, the review. Every name bears the mark."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from livestream.actions import stored_file
from livestream.actions.paper import SHELF as PAPERS
from livestream.models import (
    BannedTerm,
    Comment,
    Complaint,
    CueCard,
    LiveSession,
    Packaging,
    Poster,
    QuickAnswer,
    ReviewAction,
    Sample,
    Script,
    ScriptTemplate,
    User,
)
from tests.goods import make_event, make_paper, make_selection, make_subsidy, make_version


def stocked(name: str, session: LiveSession, clerk: User) -> dict:
    """Of a village: what belongs to its goods and to its session."""
    now, item = timezone.now(), session.line_up.select_related("product__supplier", "product__county").get()
    product, host = item.product, session.host
    case = make_selection(product, host, why=name)
    poster = Poster.objects.create(session=session, kind="session", headline=name, code=name[-12:], made_by=host, made_at=now)
    said = {"said_at": now, "session": session, "words": name}
    script = Script.objects.create(session=session, theme=name, changed_by=host, changed_at=now)
    return {
        "paper": make_paper(product, number=name, by=host, name="a.pdf", stored_as=stored_file.keep([b"%PDF-1.7"], PAPERS)),
        "practice": practised(name, session),
        "packaging": Packaging.objects.create(product=product, name=name, from_on=now, added_by=host),
        "selection": case,
        "sample": Sample.objects.create(case=case, quantity=1, came_on=now, where=name, noted_by=host),
        "item": item,
        "line_up_version": make_version(session, host, name),
        "event": make_event(session, "prompt", by=host, at=now, words=name),
        "price": make_event(session, "price_asked", by=host, at=now, words=name, product=product, old=5980, new=4980),
        "script": script,
        "script_row": script.rows.create(position=1, kind="other", minutes=5, what=name, note=name),
        "cue_card": CueCard.objects.create(session=session, product=product, origin=name, changed_by=host, changed_at=now),
        "poster": poster,
        "comment": Comment.objects.create(kind="question", noted_by=host, **said),
        "review_action": ReviewAction.objects.create(
            session=session, what=name, owner=host, due_on=now + timedelta(days=9), made_by=host, made_at=now
        ),
        "complaint": Complaint.objects.create(county=session.county, kind="quality", code=f"C{name[-11:]}", **said),
    }


def practised(name: str, session: LiveSession) -> LiveSession:
    """What the host of the village practised the week before."""
    now = timezone.now()
    then = now - timedelta(days=7)
    hours = {
        "planned_start_at": then,
        "planned_end_at": then + timedelta(minutes=1),
        "went_live_at": then,
        "ended_at": now - timedelta(days=6),
    }
    return LiveSession.objects.create(
        county=session.county,
        kind="practice",
        state="ended",
        title=name,
        host=session.host,
        place_id=session.host.place_id,
        **hours,
    )


def of_county(name: str, clerk: User) -> dict:
    """Of a county: what all its sessions share."""
    county = clerk.place
    return {
        "subsidy": make_subsidy(county, clerk, name=name, payer=name),
        "script_template": ScriptTemplate.objects.create(county=county, name=name, body={"theme": name}, made_by=clerk),
        "banned_term": BannedTerm.objects.create(county=county, term=name, why=name, added_by=clerk),
        "quick_answer": QuickAnswer.objects.create(county=county, title=name, words=name),
    }
