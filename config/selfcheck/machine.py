"""The machine and the programs on it: keys, folders, room on the disk, versions."""

from __future__ import annotations

import re
import shutil
import sys
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from config.selfcheck.contract import Check, Group, Verdict, amber, green, grey, red

GIGA = 1_000_000_000
LEAST_FREE = GIGA
LEAST_SHARE, LITTLE_SHARE = 0.05, 0.15
PIN = re.compile(r"^([A-Za-z0-9_.\-]+)(?:\[[^\]]*\])?==([^\s;]+)\s*(;.*)?$")
PYTHONS = ((3, 11), (3, 14))  # from, and the first that nobody has tried


def read_keys() -> tuple[bool, int, bool]:
    """Two different keys, the length of the first, and whether the kept files are for their owner alone."""
    kept = [Path(settings.DATA) / name for name in ("secret_key", "field_keys")]
    are_closed = not any(path.exists() and path.stat().st_mode & 0o077 for path in kept)
    return settings.SECRET_KEY not in settings.FIELD_KEYS, len(settings.SECRET_KEY), are_closed


def judge_keys(are_two: bool, length: int, are_closed: bool) -> Verdict:
    if not are_two:
        return red(
            _("SECRET_KEY 和 FIELD_KEYS 是同一把钥匙。"),
            _("给 FIELD_KEYS 另生成一把，再运行 manage.py rotate_field_keys。"),
        )
    if length < 50:
        return red(
            _("SECRET_KEY 只有 {length} 个字符，太短。"),
            _("照 docs/operators.md 生成一把新的；大家要重新登录。"),
            length=length,
        )
    if not are_closed:
        return red(_("钥匙文件别人也能读。"), "chmod 600 CUNBO_DATA/secret_key CUNBO_DATA/field_keys")
    return green(_("登录签名和加密各有一把钥匙，只有本系统能读。"))


def read_folders() -> tuple[list[str]]:
    """Folders that others on this machine may read or write."""
    asked = {Path(settings.DATA): 0o022, Path(settings.UPLOADS): 0o077, Path(settings.UPLOADS) / "orders": 0o077}
    return (sorted(str(path) for path, mask in asked.items() if path.exists() and path.stat().st_mode & mask),)


def judge_folders(open_folders: list[str]) -> Verdict:
    if open_folders:
        return red(_("别的用户能进这些目录：{folders}。"), _("chmod go-rwx 那些目录。"), folders=", ".join(open_folders))
    return green(_("数据目录只有本系统能进，上传的文件都是加密的。"))


def read_disk() -> tuple[int, int]:
    usage = shutil.disk_usage(settings.DATA)
    return usage.free, usage.total


def judge_disk(free: int, total: int) -> Verdict:
    share = free / max(1, total)
    words = {"free": f"{free / GIGA:.1f}", "share": f"{share:.0%}"}
    if free < LEAST_FREE or share < LEAST_SHARE:
        return red(_("磁盘只剩 {free} GB（{share}）。满了就收不进订单。"), _("马上清理，或换大一点的磁盘。"), **words)
    if share < LITTLE_SHARE:
        return amber(_("磁盘还剩 {free} GB（{share}）。"), _("这几天清理一下，或换大一点的磁盘。"), **words)
    return green(_("磁盘还剩 {free} GB（{share}）。"), **words)


def pinned(lines: list[str]) -> dict[str, str]:
    """Versions by package; those for other Pythons are left out."""
    found = (PIN.match(line.strip()) for line in lines)
    return {match[1]: match[2] for match in found if match and not match[3]}


def installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "—"


def read_packages() -> tuple[dict[str, str], dict[str, str]]:
    listed = settings.ROOT / "requirements.txt"
    wanted = pinned(listed.read_text().splitlines()) if listed.exists() else {}
    return wanted, {name: installed(name) for name in wanted}


def judge_packages(wanted: dict[str, str], there: dict[str, str]) -> Verdict:
    if not wanted:
        return grey(_("没有 requirements.txt，不知道该是哪些版本。"))
    other = [f"{name} {there[name]} ≠ {version}" for name, version in wanted.items() if there[name] != version]
    if other:
        return red(
            _("{number} 个软件包和清单不一样：{names}。"),
            _("运行 make venv（或 pip install -r requirements.txt），重启。"),
            number=len(other),
            names="；".join(other[:3]),
        )
    return green(_("{number} 个软件包都是清单上的版本。"), number=len(wanted))


def judge_python(running: tuple[int, int]) -> Verdict:
    words = {"version": ".".join(map(str, running))}
    if PYTHONS[0] <= running < PYTHONS[1]:
        return green(_("Python {version}。"), **words)
    return amber(_("Python {version}，没有在这个版本上试过。"), _("用 3.11 到 3.13。"), **words)


def judge_readers(has_defused: bool) -> Verdict:
    if has_defused:
        return green(_("Excel 文件在隔开的进程里读，里面的实体不展开。"))
    return red(_("缺 defusedxml，Excel 文件不会被读。"), "pip install -r requirements.txt")


CHECKS = (
    Check("keys", Group.MACHINE, _("钥匙"), read_keys, judge_keys),
    Check("folders", Group.MACHINE, _("数据目录"), read_folders, judge_folders),
    Check("disk", Group.MACHINE, _("磁盘"), read_disk, judge_disk),
    Check("packages", Group.MACHINE, _("软件包"), read_packages, judge_packages),
    Check("python", Group.MACHINE, "Python", lambda: (sys.version_info[:2],), judge_python),
    Check("readers", Group.MACHINE, _("读 Excel 的程序"), lambda: (find_spec("defusedxml") is not None,), judge_readers),
)
