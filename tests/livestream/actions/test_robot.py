"""A group is kept by its robot's address, tried, and forgotten."""

from __future__ import annotations

import pytest
from django.db import connection

from livestream.actions.notice import retry_notice, tell_staff
from livestream.actions.robot import RobotPlan, add_robot, kind_of, stop_robot, try_robot
from livestream.models import Notice, Robot
from livestream.rules.errors import NotAllowed
from livestream.rules.notice import NoticeKind
from tests.livestream.platforms.test_robot import ADDRESSES, SECRET

pytestmark = pytest.mark.django_db


def test_the_address_says_whose_robot_it_is():
    assert {kind_of(address): kind for kind, address in ADDRESSES.items()} == {kind: kind for kind in ADDRESSES}
    assert kind_of("https://127.0.0.1/robot/send?access_token=0123456789abcdef") is None


def test_a_group_is_added_and_its_secrets_lie_encrypted(county, staff):
    made = add_robot(RobotPlan("播主群", ADDRESSES["dingtalk"], SECRET), county=county, by=staff)

    assert (made.kind, made.name, made.made_by) == ("dingtalk", "播主群", staff)
    with connection.cursor() as cursor:
        cursor.execute("SELECT address, secret FROM livestream_robot")
        ((address, secret),) = cursor.fetchall()
    assert "dingtalk" not in address
    assert SECRET not in secret
    assert (Robot.objects.get().address, Robot.objects.get().secret) == (ADDRESSES["dingtalk"], SECRET)


@pytest.mark.parametrize(
    ("name", "address", "code"),
    [("播主群", ADDRESSES["feishu"], "robot_name_taken"), ("另一个", "https://example.cn/hook", "robot_address")],
)
def test_a_second_group_of_that_name_and_a_strange_address_are_refused(county, staff, name, address, code):
    add_robot(RobotPlan("播主群", ADDRESSES["wecom"]), county=county, by=staff)

    with pytest.raises(NotAllowed) as refused:
        add_robot(RobotPlan(name, address), county=county, by=staff)

    assert (refused.value.code, Robot.objects.count()) == (code, 1)


def test_who_stops_a_robot_leaves_nothing_of_it_that_could_be_used(county, staff, now):
    made = add_robot(RobotPlan("播主群", ADDRESSES["wecom"]), county=county, by=staff)
    tell_staff(county, NoticeKind.CANNOT_COME, "来不了", due_at=now)
    try_robot(made, by=staff, at=now)

    stop_robot(made)
    stop_robot(made)

    kept = Robot.objects.get()
    assert (kept.is_in_use, kept.address, kept.secret) == (False, "", "")
    assert set(Notice.objects.filter(way="robot").values_list("state", flat=True)) == {"withdrawn"}
    assert add_robot(RobotPlan("播主群", ADDRESSES["wecom"]), county=county, by=staff).is_in_use


def test_only_what_failed_is_tried_again(county, staff, now):
    made = add_robot(RobotPlan("播主群", ADDRESSES["wecom"]), county=county, by=staff)
    notice = try_robot(made, by=staff, at=now)
    with pytest.raises(NotAllowed):
        retry_notice(notice, at=now)
    Notice.objects.update(state="failed", tries=5, error="没发出去")

    retry_notice(notice, at=now)

    assert list(Notice.objects.values_list("state", "tries", "due_at")) == [("waiting", 0, now)]
    Notice.objects.update(state="failed", expires_at=now)
    with pytest.raises(NotAllowed):
        retry_notice(notice, at=now)
