"""What must be so before leaders go on air, and what an approval covers. Pure.

Food is taken to be whatever a county sells: a guest whose office may not recommend food is refused, whatever is on the line-up.
An approval covers what was planned when it was given. These changes need a new one: the start or the end moved by more than
`MOVED_AT_MOST` from what was approved (counted from there, so that small steps do not creep), another leader, one more kind of
goods, another place. These do not: fewer goods, another order or price of them (they have checks of their own), a leader who does
not come (unless none is left), title, note, crew and rooms.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from livestream.rules.leader_words import barred_office, forced_buying
from livestream.rules.quota import LEADERS, plain_name
from livestream.rules.session import SessionKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class Department(TextChoices):
    """Where a guest works. Some may not recommend food to consumers in any form (食品安全法 第七十三条)."""

    GOVERNMENT = "government", _("党委政府")
    PEOPLE = "people", _("人大政协群团")
    FARMING = "farming", _("农业农村、乡村振兴")
    COMMERCE = "commerce", _("商务、供销、文旅")
    FOOD_SAFETY = "food_safety", _("市场监管、食品安全监管")
    HEALTH = "health", _("卫生健康、疾控")
    INSPECTION = "inspection", _("食品检验机构")
    ASSOCIATION = "association", _("食品行业协会")
    NONE = "none", _("不在机关单位")


class Aim(TextChoices):
    SLOW_SALE = "slow_sale", _("滞销助农")
    FESTIVAL = "festival", _("节庆造势")
    QUOTA = "quota", _("每月上线")
    BRAND = "brand", _("公用品牌推介")


class Decision(TextChoices):
    WAITING = "waiting", _("等审批")
    APPROVED = "approved", _("批准")
    RETURNED = "returned", _("退回")


MAY_NOT_RECOMMEND_FOOD = frozenset({Department.FOOD_SAFETY, Department.HEALTH, Department.INSPECTION, Department.ASSOCIATION})
# In no office of the state: their name is no state organ's (广告法 第九条 第二项).
NO_CIVIL_SERVANTS = frozenset({Department.NONE, Department.ASSOCIATION})
LEADER_KINDS = frozenset({SessionKind.COUNTY_HEAD, SessionKind.RELAY})
MOVED_AT_MOST = timedelta(minutes=30)
THAWED_FOR = timedelta(hours=1)


class Speaker(NamedTuple):
    """A guest. `department` is "" for one who is not in the register of leaders."""

    name: str
    title: str
    rank: str
    unit: str = ""
    department: str = ""

    @property
    def is_leader(self) -> bool:
        return bool(self.department) or self.rank in LEADERS

    @property
    def is_civil_servant(self) -> bool:
        """Somebody of rank who is not in the register is taken for one: better once too often."""
        return self.department not in NO_CIVIL_SERVANTS if self.department else self.rank in LEADERS


def needs_request(kind: str, speakers: Iterable[Speaker]) -> bool:
    """Whether a session may be approved only through a request to its organiser's approver (安徽网信办 2020: 谁主办谁负责)."""
    return kind in LEADER_KINDS or (kind != SessionKind.PRACTICE and any(each.is_leader for each in speakers))


class Problem(NamedTuple):
    """What stands in the way: a code of `rules/errors.py` with its facts."""

    code: str
    facts: dict[str, Any]


class Broadcast(NamedTuple):
    """What is looked at before a request is sent."""

    kind: str
    title: str
    note: str
    speakers: tuple[Speaker, ...]
    goods: int


def problems(planned: Broadcast) -> list[Problem]:
    """Everything that stands in the way of a request, in the order in which to put it right (LS-06)."""
    return [*_about_speakers(planned), *_about_words(planned)]


def _about_speakers(planned: Broadcast) -> Iterator[Problem]:
    leaders = [each for each in planned.speakers if each.is_leader]
    if planned.kind == SessionKind.COUNTY_HEAD and not leaders:
        yield Problem("leader_missing", {})
    for each in planned.speakers:
        office = _barred(each)
        if office:
            yield Problem("barred_department", {"name": each.name, "office": office})
        elif each.is_leader and not each.department:
            yield Problem("leader_unregistered", {"name": each.name})
    if not planned.goods:
        yield Problem("goods_missing", {})


def _barred(speaker: Speaker) -> str:
    if speaker.department in MAY_NOT_RECOMMEND_FOOD:
        return speaker.unit or str(Department(speaker.department).label)
    return barred_office(f"{speaker.unit} {speaker.title}")


def _about_words(planned: Broadcast) -> Iterator[Problem]:
    for text in (planned.title, planned.note):
        if found := forced_buying(text):
            yield Problem("forced_buying", {"words": found})


@dataclass(frozen=True, slots=True)
class Covered:
    """What an approval covers. Guests by plain name, goods by id."""

    starts_at: datetime
    ends_at: datetime
    place: str
    leaders: frozenset[str]
    goods: frozenset[int]

    def to_json(self) -> dict[str, Any]:
        plain = asdict(self)
        return plain | {
            "starts_at": self.starts_at.isoformat(),
            "ends_at": self.ends_at.isoformat(),
            "leaders": sorted(self.leaders),
            "goods": sorted(self.goods),
        }

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Self:
        return cls(
            datetime.fromisoformat(kept["starts_at"]),
            datetime.fromisoformat(kept["ends_at"]),
            kept["place"],
            frozenset(kept["leaders"]),
            frozenset(kept["goods"]),
        )


class Beyond(TextChoices):
    """In what a plan goes beyond what was approved."""

    TIME = "time", _("时间")
    PLACE = "place", _("地点")
    LEADERS = "leaders", _("领导")
    GOODS = "goods", _("货品")


def beyond(approved: Covered, planned: Covered) -> list[Beyond]:
    """In what a plan goes beyond its approval; [] when the approval still covers it."""
    moved = max(abs(approved.starts_at - planned.starts_at), abs(approved.ends_at - planned.ends_at))
    left = approved.leaders & planned.leaders
    found = {
        Beyond.TIME: moved > MOVED_AT_MOST,
        Beyond.PLACE: approved.place != planned.place,
        Beyond.LEADERS: bool(planned.leaders - approved.leaders) or bool(approved.leaders) > bool(left),
        Beyond.GOODS: bool(planned.goods - approved.goods),
    }
    return [each for each, is_so in found.items() if is_so]


def leaders_of(speakers: Iterable[Speaker]) -> frozenset[str]:
    return frozenset(plain_name(each.name) for each in speakers if each.is_leader)


def is_frozen(starts_at: datetime, at: datetime, *, hours: int, thawed_until: datetime | None = None) -> bool:
    """Whether an approved broadcast may not be changed any more: from so many hours before its start on, but for the while for
    which an approver opened it again."""
    return at >= starts_at - timedelta(hours=hours) and not (thawed_until and at < thawed_until)
