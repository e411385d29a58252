"""Certificates as paper: what stands on each, in Chinese with a line of English below. Nothing is written here."""

from __future__ import annotations

import io
from datetime import date
from typing import TYPE_CHECKING, Any

import segno
from django.utils import timezone, translation

from livestream.sheets.paper import paper
from training.actions.credential import salt_of
from training.rules.certificate import asked_in_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from training.models import Certificate

COURSES_AT_MOST = 60  # signs
PASSED = "成绩合格，准予结业。"


def certificates_paper(certificates: Sequence[Certificate], *, address: str) -> bytes:
    """A PDF with a page for each, in their order. `address`: of this system, without a slash at its end; each QR code leads
    to the certificate's page there. The same certificates are the same bytes. Raises NotPrinted."""
    last = max(one.issued_at for one in certificates)
    title = f"结业证书 {certificates[0].number}" if len(certificates) == 1 else f"结业证书（{len(certificates)} 张）"
    papers = [printed_facts(one, address) for one in certificates]
    codes = {each["qr"]: qr_of(each["page"]) for each in papers}
    return paper("certificate", {"at": timezone.localtime(last).isoformat(), "title": title, "papers": papers}, codes)


def qr_of(address: str) -> bytes:
    made = io.BytesIO()
    segno.make_qr(address, error="m").save(made, kind="svg", border=2, scale=8)
    return made.getvalue()


def printed_facts(certificate: Certificate, address: str) -> dict[str, Any]:
    """Always in Chinese, whoever prints it."""
    facts, on = certificate.facts, timezone.localdate(certificate.issued_at)
    page = f"{address}/verify/{certificate.number}/"
    with translation.override("zh-hans"):
        asked = "，".join(asked_in_words(certificate.rule))
    return {
        "name": certificate.name,
        "text": text_of(facts),
        "english": english_of(facts),
        "issuer": facts["issuer"],
        "date": f"{on.year} 年 {on.month} 月 {on.day} 日",
        "number": certificate.number,
        "page": page,
        "address": page.removeprefix("https://").removeprefix("http://"),
        "replaces": certificate.replaces.number if certificate.replaces else "",
        "rule": f"发证规则 v{certificate.rule.version}：{asked}",
        "salt": salt_of(certificate.number),
        "qr": f"{certificate.number}.svg",
    }


def text_of(facts: dict[str, Any]) -> str:
    hours = [f"{facts['hours']} 学时"] if facts["hours"] else []
    took = "、".join([*hours, f"{facts['days']} 天"])
    what = f"参加{facts['issuer']}“{facts['cohort']}”培训{courses_of(facts['courses'])}"
    return f"于 {period(facts)} {what}，{'，'.join([f'共学习 {took}', *marks_of(facts)])}。{PASSED}"


def courses_of(titles: list[str]) -> str:
    """In brackets, as many as fit on the paper."""
    shown = [title for place, title in enumerate(titles) if len("、".join(titles[: place + 1])) <= COURSES_AT_MOST]
    more = f"等 {len(titles)} 门" if len(shown) < len(titles) else ""
    return f"（{'、'.join(shown)}{more}）" if shown else ""


def period(facts: dict[str, Any]) -> str:
    begins, ends = date.fromisoformat(facts["starts_on"]), date.fromisoformat(facts["ends_on"])
    until = f"{ends.month} 月 {ends.day} 日" if begins.year == ends.year else f"{ends.year} 年 {ends.month} 月 {ends.day} 日"
    return f"{begins.year} 年 {begins.month} 月 {begins.day} 日至 {until}"


def marks_of(facts: dict[str, Any]) -> list[str]:
    over = f"{facts['planned']} 课" if facts["rule"]["is_over_planned"] else f"{facts['held']} 课"
    found = [f"{over}到 {facts['there']} 课，出勤率 {facts['attendance']}%"] if facts["attendance"] else []
    found += [f"{exam['title']} {exam['marks']} 分" for exam in facts["exams"] if exam["marks"] is not None]
    return found + ([f"实操 {facts['practical']} 分"] if facts["practical"] is not None else [])


def english_of(facts: dict[str, Any]) -> str:
    attendance = f", attendance {facts['attendance']} %" if facts["attendance"] else ""
    return (
        "This certifies that the person named above completed the e-commerce training named above, "
        f"{facts['starts_on']} to {facts['ends_on']}: {facts['hours']} academic hours on {facts['days']} days{attendance}."
    )
