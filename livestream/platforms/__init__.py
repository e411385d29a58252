"""The group chats whose robots pass notices on. This is the only list of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from livestream.platforms import dingtalk, feishu, wecom
from livestream.rules.notice import RobotKind

if TYPE_CHECKING:
    from livestream.platforms.robot_contract import Adapter

ROBOTS: dict[str, Adapter] = {RobotKind.WECOM: wecom, RobotKind.DINGTALK: dingtalk, RobotKind.FEISHU: feishu}
