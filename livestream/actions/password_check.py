"""What a new password must be: AUTH_PASSWORD_VALIDATORS. Each says in one sentence what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from livestream.models import Place
from livestream.rules.password import LONGEST, SHORTEST, is_guessable, phone_words
from livestream.rules.place import short_name

if TYPE_CHECKING:
    from livestream.models import User


class RightLength:
    """Twelve signs at least, any signs; not so many that hashing them would be an attack."""

    def validate(self, password: str, user: User | None = None) -> None:
        if len(password) < SHORTEST:
            raise ValidationError(
                _("密码至少 %(least)d 个字，可以是几个不相干的词连起来。"), "password_too_short", {"least": SHORTEST}
            )
        if len(password) > LONGEST:
            raise ValidationError(_("密码最长 %(most)d 个字。"), "password_too_long", {"most": LONGEST})

    def get_help_text(self) -> str:
        return _("至少 %(least)d 个字，字母、数字、汉字都行。") % {"least": SHORTEST}


class NotCommon(CommonPasswordValidator):
    """None of the 20,000 that Django knows from leaks."""

    def get_error_message(self) -> str:
        return _("这个密码太多人用，一猜就中。请换一个。")


class NotOfOurWords:
    """Not made of what everybody here would guess: the place, the goods, one's own name and number, in characters or pinyin."""

    def validate(self, password: str, user: User | None = None) -> None:
        words = [*settings.PASSWORD_WORDS, *(_words_of(user) if user else ())]
        if len(password) >= SHORTEST and is_guessable(password[:LONGEST], words):
            raise ValidationError(
                _("这个密码容易被猜到：不要只用地名、产品名、姓名、手机号、年份或连着的数字。再加几个不相干的词。"),
                "password_of_our_words",
            )

    def get_help_text(self) -> str:
        return _("不要用姓名、手机号、地名、产品名。")


def _words_of(user: User) -> set[str]:
    """Of the person, as they are written and as they sound."""
    names = {user.name, user.live_name, *_places_of(user)}
    return phone_words(user.phone) | names | {sound for name in names for sound in _pinyin(name)}


def _places_of(user: User) -> set[str]:
    """The place and all that it lies in, with and without 县, 镇, 村."""
    codes = [user.place_id[:length] for length in (2, 4, 6, 9, 12) if length <= len(user.place_id)] if user.place_id else []
    names = {short_name(place.name) for place in Place.objects.filter(pk__in=codes)}
    return names | {name[:-1] for name in names if len(name) > 2}


def _pinyin(name: str) -> set[str]:
    """`平顺县` → `pingshunxian`, `pingshun`, `shunxian`, `ping`, `shun`, `xian`."""
    from pypinyin import lazy_pinyin  # noqa: PLC0415  40,000 characters, loaded only where a password is set

    sounds = lazy_pinyin(name[:20])
    return {"".join(sounds), "".join(sounds[:-1]), "".join(sounds[1:]), *(sound for sound in sounds if len(sound) > 3)}
