"""Who may do what, and where: role × action × level of the place. `docs/rights.md` says the same in a table, compared by a test.

A right reaches down: whoever holds a post in a county has it in the townships and villages of that county. Platform
administrators may do everything everywhere. A host's own sessions, figures and data are his own; no post is needed for that."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from livestream.rules.person import Role
from livestream.rules.place import COUNTY_DIGITS, PlaceLevel, level_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

EVERYWHERE = ""  # the prefix of every code

ANY_LEVEL = frozenset(PlaceLevel)
COUNTY_UP = frozenset({PlaceLevel.PROVINCE, PlaceLevel.CITY, PlaceLevel.COUNTY})
COUNTY_DOWN = frozenset({PlaceLevel.COUNTY, PlaceLevel.TOWNSHIP, PlaceLevel.VILLAGE})
COUNTY = frozenset({PlaceLevel.COUNTY})


class Action(TextChoices):
    """What a door may ask for. Province and city only read; so do auditors."""

    SEE_PLAN = "see_plan", _("看场次")
    PLAN_SESSION = "plan_session", _("排场次、发布")
    KEEP_PLAN = "keep_plan", _("维护排期规则、资源、领导、活动")
    APPROVE_PLAN = "approve_plan", _("审批县长直播、批准撞时间")
    RUN_SESSION = "run_session", _("控场")
    KEEP_GOODS = "keep_goods", _("维护货品、证件、选品、价格")
    PASS_GOODS = "pass_goods", _("放行缺证件的货、批准补贴")
    SEE_BOARD = "see_board", _("看县级以上大屏")
    SHARE_SCREEN = "share_screen", _("发大屏链接")
    SEE_ALERTS = "see_alerts", _("看提醒")
    ANSWER_ALERTS = "answer_alerts", _("处理提醒和界限")
    SEE_ORDERS = "see_orders", _("看订单数字")
    SEE_FILES = "see_files", _("看订单文件和等待处理")
    KEEP_ORDERS = "keep_orders", _("导入订单、处理等待")
    SEE_SCHOOL = "see_school", _("看学堂")
    KEEP_SCHOOL = "keep_school", _("办班、点名、发证")
    AUDIT_SCHOOL = "audit_school", _("抽查培训")
    SEE_PEOPLE = "see_people", _("看人员")
    KEEP_PEOPLE = "keep_people", _("邀请、停用、改人员")
    ACT_FOR = "act_for", _("代操作")
    REVEAL = "reveal", _("看隐去的个人信息")
    ANSWER_REQUESTS = "answer_requests", _("处理个人信息请求")
    EXPORT = "export", _("导出")
    APPROVE_EXPORT = "approve_export", _("批准导出")
    READ_AUDIT = "read_audit", _("查审计")
    MAKE_TOKENS = "make_tokens", _("发接口令牌")
    ADMINISTER = "administer", _("管理平台")


MATRIX: dict[Action, dict[Role, frozenset[PlaceLevel]]] = {
    Action.SEE_PLAN: {
        Role.STAFF: ANY_LEVEL,
        Role.TRAINER: ANY_LEVEL,
        Role.APPROVER: ANY_LEVEL,
        Role.AUDITOR: ANY_LEVEL,
        Role.COMMISSIONER: ANY_LEVEL,
    },
    Action.PLAN_SESSION: {Role.STAFF: COUNTY_DOWN},
    Action.KEEP_PLAN: {Role.STAFF: COUNTY},
    Action.APPROVE_PLAN: {Role.APPROVER: COUNTY},
    Action.RUN_SESSION: {Role.STAFF: COUNTY_DOWN},
    Action.KEEP_GOODS: {Role.STAFF: COUNTY_DOWN},
    Action.PASS_GOODS: {Role.APPROVER: COUNTY},
    Action.SEE_BOARD: {
        Role.STAFF: COUNTY_UP,
        Role.TRAINER: COUNTY_UP,
        Role.APPROVER: COUNTY_UP,
        Role.AUDITOR: COUNTY_UP,
        Role.COMMISSIONER: COUNTY_UP,
    },
    Action.SHARE_SCREEN: {Role.STAFF: COUNTY_UP},
    Action.SEE_ALERTS: {Role.STAFF: COUNTY_UP, Role.AUDITOR: COUNTY_UP},
    Action.ANSWER_ALERTS: {Role.STAFF: COUNTY},
    Action.SEE_ORDERS: {Role.STAFF: ANY_LEVEL, Role.AUDITOR: ANY_LEVEL, Role.EXPORTER: COUNTY_UP},
    Action.SEE_FILES: {Role.STAFF: COUNTY_UP, Role.AUDITOR: COUNTY_UP},
    Action.KEEP_ORDERS: {Role.STAFF: COUNTY},
    Action.SEE_SCHOOL: {
        Role.STAFF: ANY_LEVEL,
        Role.TRAINER: ANY_LEVEL,
        Role.APPROVER: ANY_LEVEL,
        Role.AUDITOR: ANY_LEVEL,
        Role.COMMISSIONER: ANY_LEVEL,
    },
    Action.KEEP_SCHOOL: {Role.STAFF: COUNTY, Role.TRAINER: COUNTY_DOWN},
    Action.AUDIT_SCHOOL: {Role.AUDITOR: COUNTY_UP},
    Action.SEE_PEOPLE: {
        Role.STAFF: ANY_LEVEL,
        Role.TRAINER: COUNTY_DOWN,
        Role.AUDITOR: ANY_LEVEL,
        Role.COMMISSIONER: COUNTY_DOWN,
    },
    Action.KEEP_PEOPLE: {Role.STAFF: COUNTY_DOWN},
    Action.ACT_FOR: {Role.STAFF: COUNTY_DOWN, Role.COMMISSIONER: COUNTY_DOWN},
    Action.REVEAL: {Role.STAFF: COUNTY, Role.AUDITOR: COUNTY_UP},
    Action.ANSWER_REQUESTS: {Role.STAFF: COUNTY},
    Action.EXPORT: {Role.EXPORTER: COUNTY_UP},
    Action.APPROVE_EXPORT: {Role.APPROVER: COUNTY_UP},
    Action.READ_AUDIT: {Role.AUDITOR: COUNTY_UP},
    Action.MAKE_TOKENS: {Role.STAFF: ANY_LEVEL, Role.EXPORTER: COUNTY_UP},
    Action.ADMINISTER: {},
}

# Whoever holds one of these roles signs in with a second factor; others are asked for it at the door of such an action (S03).
SECOND_FACTOR_ROLES = frozenset({Role.ADMIN, Role.EXPORTER})
SECOND_FACTOR_ACTIONS = frozenset({Action.ADMINISTER, Action.EXPORT, Action.REVEAL})


class Post(NamedTuple):
    """A role in a place (its code), held on certain days; None leaves a side open. Both days belong to it."""

    role: str
    place: str
    from_on: date | None = None
    until_on: date | None = None

    def is_held(self, on: date) -> bool:
        return (self.from_on is None or self.from_on <= on) and (self.until_on is None or on <= self.until_on)


def reach(posts: Iterable[Post], action: Action, on: date) -> tuple[str, ...]:
    """The codes below which the holder of these posts may do this on that day, sorted; () nowhere, ("",) everywhere."""
    found = {_reach_of(post, action) for post in posts if post.is_held(on)} - {None}
    codes = sorted(code for code in found if code is not None)
    return tuple(code for code in codes if not any(code != other and code.startswith(other) for other in codes))


def _reach_of(post: Post, action: Action) -> str | None:
    if post.role == Role.ADMIN:
        return EVERYWHERE
    levels = MATRIX[action].get(Role(post.role), frozenset())
    return post.place if level_of(post.place) in levels else None


def covers(codes: Iterable[str], place: str) -> bool:
    """Whether a place lies in one of these: official codes nest by prefix."""
    return any(place.startswith(code) for code in codes)


def holds(codes: Iterable[str], *, county: str, place: str = "") -> bool:
    """Whether an object of this county, at this place of its own, lies in one of these codes. Without a place of its own it
    belongs to nobody below the county. `models.place.within` asks the database the same."""
    return any((county if len(code) <= COUNTY_DIGITS else place).startswith(code) for code in codes)


class Bounds(NamedTuple):
    """What may be done at most, whatever the posts allow: these actions, in this place (its code) and below."""

    actions: frozenset[Action]
    place: str = EVERYWHERE

    def within(self, action: Action, codes: Iterable[str]) -> tuple[str, ...]:
        """What of these places is left for this action."""
        if action not in self.actions:
            return ()
        shared = {max(code, self.place, key=len) for code in codes if code.startswith(self.place) or self.place.startswith(code)}
        return tuple(sorted(shared))
