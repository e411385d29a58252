"""The database: that it answers, that its guards stand, and what our own role could do to it."""

from __future__ import annotations

import time
from typing import Any

import pgtrigger
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext_lazy as _

from config import embedded
from config.selfcheck.contract import Check, Group, Verdict, amber, green, grey, red
from livestream.models import AuditEntry
from orders.models import BoardCheck
from orders.models.ledger import LedgerEntry

OLDEST = 150_000  # PostgreSQL 15
SKEW_S = 2.0
# What nobody needs there. Entries of the log are let go after years (DELETE), as its triggers allow.
CLOSED = {LedgerEntry._meta.db_table: "UPDATE, DELETE, TRUNCATE", AuditEntry._meta.db_table: "UPDATE, TRUNCATE"}
FAR_S = 30.0


def one_row(statement: str, parameters: list[Any] | None = None) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        row: tuple[Any, ...] = cursor.fetchone()
        return row


def read_database() -> tuple[bool, int, int]:
    """Reachable, its version, how many migrations wait."""
    try:
        (version,) = one_row("SELECT current_setting('server_version_num')::int")
        executor = MigrationExecutor(connection)
        return True, version, len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    except Exception:  # whatever keeps us from it: the page says that it is away, and the log why
        return False, 0, 0


def judge_database(answers: bool, version: int, waiting: int) -> Verdict:
    if not answers:
        return red(_("数据库不答话。"), _("看数据库开着没有、DATABASE_URL 对不对；日志里有原话。"))
    if version < OLDEST:
        return red(_("PostgreSQL {version}，太旧了。"), _("升级到 15 或更新。"), version=version // 10_000)
    if waiting:
        return red(_("有 {number} 步结构更新还没有做。"), _("运行 manage.py migrate。"), number=waiting)
    return green(_("PostgreSQL {version}，结构是最新的。"), version=version // 10_000)


def read_role() -> tuple[bool, bool, bool, list[str]]:
    """Embedded; superuser; may make roles or tables of its own; which append-only tables it may change."""
    is_super, makes_roles = one_row("SELECT rolsuper, rolcreaterole FROM pg_roles WHERE rolname = current_user")
    (makes_tables,) = one_row("SELECT has_schema_privilege(current_user, current_schema(), 'CREATE')")
    asked = "SELECT has_table_privilege(current_user, %s, %s)"
    open_tables = [table for table, rights in CLOSED.items() if one_row(asked, [table, rights])[0]]
    return embedded.is_embedded(), is_super, makes_roles or makes_tables, open_tables


def judge_role(is_embedded: bool, is_super: bool, makes: bool, open_tables: list[str]) -> Verdict:
    if is_embedded:
        return grey(_("自带的数据库，只有这台机器的这个用户能连；账本和审计由触发器守着。"))
    todo = _("照 deploy/roles.sql 建两个账号：一个只用来更新结构，一个给程序用，程序改不了账本和审计。")
    if is_super:
        return red(_("程序用的是超级用户：谁拿到它，谁就能关掉触发器。"), todo)
    if makes or open_tables:
        return amber(_("程序的账号能改结构，或能改：{tables}。触发器仍然不许。"), todo, tables=", ".join(open_tables) or "—")
    return green(_("程序的账号不能改结构，也不能改账本和审计。"))


def read_triggers() -> tuple[int, list[str]]:
    found = [(trigger, trigger.get_installation_status(model)) for model, trigger in pgtrigger.registered()]
    weak = sorted(str(trigger.name) for trigger, (status, is_enabled) in found if status != "INSTALLED" or not is_enabled)
    return len(found), weak


def judge_triggers(number: int, weak: list[str]) -> Verdict:
    if weak:
        return red(
            _("这些触发器不在、被改过或被关掉了：{names}。账本或审计可能被改过。"),
            _("查清是谁做的；运行 manage.py pgtrigger install、check_invariants，再查审计。"),
            names=", ".join(weak),
        )
    return green(_("{number} 个触发器都在、都开着：账本和审计只能增加，不能改。"), number=number)


def read_line() -> tuple[str, bool]:
    """Where the server is ("" here), and whether the connection is encrypted."""
    (is_encrypted,) = one_row("SELECT coalesce((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false)")
    host = str(connection.settings_dict.get("HOST") or connection.get_connection_params().get("host") or "")
    return ("" if host.startswith("/") or host in {"localhost", "127.0.0.1", "::1"} else host), is_encrypted


def judge_line(host: str, is_encrypted: bool) -> Verdict:
    if is_encrypted:
        return green(_("到数据库的连接是加密的。"))
    if not host:
        return green(_("数据库就在这台机器上，不经过网络。"))
    return red(
        _("到数据库 {host} 的连接没有加密。"),
        _("在 DATABASE_URL 后面加 ?sslmode=verify-full，并在数据库上开 TLS。"),
        host=host,
    )


def judge_redis(url: str) -> Verdict:
    if not url:
        return grey(_("没有用 Redis。"))
    local = any(url.startswith(f"{scheme}{host}") for scheme in ("redis://", "rediss://") for host in ("localhost", "127.0.0.1"))
    if url.startswith(("rediss://", "unix://")) or local:
        return green(_("Redis 在这台机器上，或者连接是加密的。"))
    return red(_("到 Redis 的连接没有加密。"), _("把 REDIS_URL 换成 rediss://:密码@主机，并在 Redis 上开 TLS。"))


def read_clocks() -> tuple[float]:
    before = time.time()
    (theirs,) = one_row("SELECT extract(epoch FROM clock_timestamp())::float")
    return (theirs - (before + time.time()) / 2,)


def judge_clocks(ahead_s: float) -> Verdict:
    skew = abs(ahead_s)
    words = {"seconds": f"{skew:.1f}"}
    if skew < SKEW_S:
        return green(_("数据库和这台机器的钟相差 {seconds} 秒。"), **words)
    todo = _("在两台机器上都开 chrony 或 ntpd。")
    return (amber if skew < FAR_S else red)(_("数据库和这台机器的钟差 {seconds} 秒。"), todo, **words)


def judge_invariants(boards: int) -> Verdict:
    if not boards:
        return green(_("账目规则没有发现不对的。"))
    return red(
        _("{boards} 块大屏的数字可能有误。"),
        _("运行 manage.py check_invariants，照 docs/operators.md“账目核对”处理。"),
        boards=boards,
    )


CHECKS = (
    Check("database", Group.DATABASE, _("数据库"), read_database, judge_database),
    Check("triggers", Group.DATABASE, _("账本和审计的锁"), read_triggers, judge_triggers),
    Check("role", Group.DATABASE, _("程序的数据库账号"), read_role, judge_role),
    Check("line", Group.DATABASE, _("到数据库的连接"), read_line, judge_line),
    Check("redis", Group.DATABASE, _("到 Redis 的连接"), lambda: (settings.REDIS_URL,), judge_redis),
    Check("clocks", Group.DATABASE, _("时钟"), read_clocks, judge_clocks),
    Check(
        "invariants",
        Group.DATABASE,
        _("账目"),
        lambda: (BoardCheck.objects.open().values("scope").distinct().count(),),
        judge_invariants,
    ),
)
