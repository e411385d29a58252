"""How a notice reads outside of the inbox, and where it points to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

from livestream.rules.notice import SIGNED, is_open, sms_text

if TYPE_CHECKING:
    from livestream.models import Notice


def address_of(notice: Notice) -> str:
    """Short, unless its link carries a token of its own. "" where nobody said at which address this system is found."""
    if not notice.link or not settings.PUBLIC_ADDRESS:
        return ""
    is_told_as_it_is = is_open(notice.link) or notice.phone  # who has no account cannot sign in behind a short one
    return settings.PUBLIC_ADDRESS + (notice.link if is_told_as_it_is else f"/n/{notice.pk}/")


def text_message(notice: Notice) -> str:
    return sms_text(notice.text, address_of(notice))


def letter(notice: Notice) -> str:
    return "\n\n".join(part for part in (notice.text, address_of(notice)) if part)


def line_in_a_group(notice: Notice) -> str:
    """The session's page, which asks for the login: nobody in a group answers for somebody else."""
    has_page = notice.session_id and settings.PUBLIC_ADDRESS
    address = f"{settings.PUBLIC_ADDRESS}/sessions/{notice.session_id}/" if has_page else ""
    return " ".join(part for part in (SIGNED + notice.text, address) if part)
