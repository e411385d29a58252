"""一期一档: the fifteen things that a class's folder holds (培训台账, domain 3.4), and when a pack was given up. Pure."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import IntegerChoices

PURPOSE_AT_MOST = 200
KEPT_DAYS = 90  # the file; the record of it with its digest stays
LEASE = timedelta(minutes=3)  # a maker who was not done by then was killed
GIVEN_UP_AFTER = timedelta(minutes=30)  # whoever makes it is killed each time
PACKS_AT_ONCE = 2  # of one class that wait or are being made
SMALL_FILE = 8_000_000  # bytes of a 课件 that still comes into the pack
FILES_AT_MOST = 60_000_000  # bytes of all of them together


class PackItem(IntegerChoices):
    """In Chinese alone, as the folder is."""

    PLAN = 1, "培训方案"
    TIMETABLE = 2, "课程表"
    ROSTER = 3, "学员花名册"
    ATTENDANCE = 4, "签到表"
    PHOTOS = 5, "影像资料"
    TRAINERS = 6, "讲师资料"
    MATERIALS = 7, "课件"
    RESULTS = 8, "成绩"
    FEEDBACK = 9, "满意度"
    CERTIFICATES = 10, "结业名单和证书"
    SUMMARY = 11, "培训总结"
    FOLLOW_UPS = 12, "回访"
    CONVERSION = 13, "转化材料"
    STUDY = 14, "线上学习"
    NEWS = 15, "新闻和公示"

    @property
    def stem(self) -> str:
        """What the names of its files begin with: `01 培训方案`."""
        return f"{self.value:02d} {self.label}"
