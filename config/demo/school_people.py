"""Who learns in the demo county's school: invented people, made from lists of names by a seed; and who teaches there."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from config.demo.people import COUNTY, TRAINER, Person
from livestream.actions.person import Names, Position, create_user
from livestream.actions.vault import digest_of
from livestream.models import Place, User
from livestream.rules.person import Role
from training.actions.trainer import NewRecord, TrainerPlan, add_record, keep_trainer
from training.models import Trainee, Trainer
from training.rules.trainee import Category, Education, Sex, Support
from training.rules.trainer import RecordKind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from config.demo.cast import Cast

T = TypeVar("T")
SURNAMES = "申牛原路郭秦赵张王李杨岳冯宋杜石桑苗郝靳贾段侯卫郗栗仝元"
FIRST = {Sex.FEMALE: "秀爱玉巧春慧素雪红香桂月俊彩㛃麦", Sex.MALE: "建志永保国红晓海林旭文庆俊满喆峧"}
SECOND = {Sex.FEMALE: "兰英莲花芳梅琴萍丽霞娥珍婷燕平叶", Sex.MALE: "军明强平生福山峰伟斌龙勇华斗林虎"}
SHORT_NAMES = 12  # percent: of two signs
PHONE_START = 100_250_000_00
CATEGORIES = ((Category.FARMER, 52), (Category.COOPERATIVE, 16), (Category.MERCHANT, 10), (Category.KEEPER, 6),
              (Category.CADRE, 5), (Category.VETERAN, 4), (Category.GRADUATE, 4), (Category.JOBLESS, 3))  # fmt: skip
SCHOOLING = ((Education.PRIMARY, 14), (Education.MIDDLE, 44), (Education.HIGH, 26), (Education.COLLEGE, 11),
             (Education.BACHELOR, 5))  # fmt: skip
AGES = ((range(18, 30), 14), (range(30, 40), 27), (range(40, 50), 29), (range(50, 60), 23), (range(60, 69), 7))


class Teacher(NamedTuple):
    """Somebody who teaches, and what he has to show: kind, title, days ago, hours, where."""

    person: Person
    plan: TrainerPlan
    records: tuple[tuple[RecordKind, str, int, int, str], ...]


LIVE_TEACHER = Person("10014042521", "", "申慧芳", Role.TRAINER, COUNTY)
SHOP_TEACHER = Person("10014042522", "", "岳清风", Role.TRAINER, COUNTY)
VIDEO_TEACHER = Person("10014042523", "", "苗㛃", Role.TRAINER, COUNTY)
K = RecordKind
TEACHERS = (
    Teacher(
        TRAINER,
        TrainerPlan("县电商公共服务中心", "教了六年直播课，带出过十几个村里的主播。", date(2024, 3, 1)),
        (
            (K.TRAINING, "省级电商师资研修班", 210, 40, "太原"),
            (K.TRAINING, "直播合规与消费者权益", 120, 16, "长治"),
            (K.TRAINING, "适老化教学方法", 35, 12, "线上"),
            (K.CERTIFICATE, "互联网营销师三级", 400, 0, "太原"),
        ),
    ),
    Teacher(
        LIVE_TEACHER,
        TrainerPlan("县职业中学", "电子商务专业老师，周末到村里上课。", date(2025, 2, 20)),
        ((K.TRAINING, "直播基地跟岗培训", 150, 24, "临汾"), (K.SHADOWING, "跟阿依古丽老师上完一期", 300, 30, "平顺"),
         (K.TRAINING, "短视频脚本与拍摄", 60, 16, "长治"), (K.TRAINING, "农产品标准与包装", 20, 8, "线上")),
    ),
    Teacher(
        SHOP_TEACHER,
        TrainerPlan("龙溪镇电商服务站", "开网店卖花椒八年，讲上架和售后。", date(2025, 6, 1)),
        ((K.VISIT, "考察武乡县电商产业园", 95, 8, "武乡"), (K.TRAINING, "客服与售后规则", 80, 8, "线上")),
    ),
    Teacher(
        VIDEO_TEACHER,
        TrainerPlan("县融媒体中心", "拍短视频的记者。", None),
        ((K.SHADOWING, "跟申慧芳老师上短视频课", 40, 12, "平顺"),),
    ),
)  # fmt: skip


def load_teachers(cast: Cast) -> dict[str, User]:
    """Who teaches, by phone: all persons of the system, so that the plan can book them; three never sign in."""
    there = dict(cast.people)
    known = set(Trainer.objects.filter(county=cast.county).values_list("user", flat=True))
    for person, plan, records in TEACHERS:
        user = there.get(person.phone) or User.objects.filter(phone=person.phone).first() or _teacher(person)
        there[person.phone] = user
        if user.pk in known:
            continue
        trainer = keep_trainer(user, plan, county=cast.county)
        today = cast.now.date()
        for kind, title, days_ago, hours, where in records:
            facts = NewRecord(kind, title, today - timedelta(days=days_ago), hours, where, "电商中心师资档案")
            add_record(trainer, facts, by=cast.people[TRAINER.phone], today=today)
    return there


def _teacher(person: Person) -> User:
    from_place = Place.objects.get(pk=person.place)
    return create_user(person.phone, Names(person.name), Position(person.role, from_place), password=None)


class Villagers:
    """Makes people one after the other, always the same ones; no two have name and village in common."""

    def __init__(self, cast: Cast, seed: str, first_number: int) -> None:
        self.cast, self.chance, self.number = cast, Random(seed), first_number
        self.villages = [place.pk for place in Place.objects.inside(cast.county.pk).filter(level="village").order_by("pk")]
        self.known = {user.name for user in cast.people.values()}  # people of the demo have their names to themselves
        self.taken: set[tuple[str, str]] = set()

    def named(self, sex: Sex) -> tuple[str, str]:
        """A name, and the village where nobody else has it."""
        while True:
            second = "" if self.chance.randrange(100) < SHORT_NAMES else self.chance.choice(SECOND[sex])
            name = self.chance.choice(SURNAMES) + self.chance.choice(FIRST[sex]) + second
            village = self.chance.choice(self.villages)
            if name not in self.known and (name, village) not in self.taken:
                self.taken.add((name, village))
                return name, village

    def one(self, *, at: datetime, women: int, by: User) -> Trainee:
        """Somebody of the county, not stored yet. `women`: percent of the class."""
        chance = self.chance
        sex = Sex.FEMALE if chance.randrange(100) < women else Sex.MALE
        name, village = self.named(sex)
        self.number += 1
        phone = str(PHONE_START + self.number)
        born = date(at.year - chance.choice(_by_weight(AGES, chance)), chance.randrange(1, 13), chance.randrange(1, 29))
        support = chance.choices(list(Support), (18, 3, 79))[0]
        return Trainee(
            county=self.cast.county, place_id=village, name=name,
            phone=phone, phone_digest=digest_of(phone), phone_end=phone[-4:],
            sex=sex, birth=born.isoformat(), birth_year=born.year, category=_by_weight(CATEGORIES, chance),
            education=_by_weight(SCHOOLING, chance), is_returnee=chance.randrange(100) < 17, support=support,
            consented_at=at, made_by=by,
        )  # fmt: skip

    def some(self, count: int, *, at: datetime, women: int, by: User) -> list[Trainee]:
        return Trainee.objects.bulk_create(self.one(at=at, women=women, by=by) for _ in range(count))


def _by_weight(choices: Sequence[tuple[T, int]], chance: Random) -> T:
    return chance.choices([what for what, _weight in choices], [weight for _what, weight in choices])[0]


def trainee_of(user: User, *, at: datetime, by: User) -> Trainee:
    """The row of somebody who has an account, as the trainer wrote him down."""
    there = Trainee.objects.filter(user=user).first()
    return there or Trainee.objects.create(
        county_id=COUNTY, place=user.place, user=user, name=user.name, phone=user.phone, phone_digest=digest_of(user.phone),
        phone_end=user.phone[-4:], sex=Sex.FEMALE, birth_year=1990, category=Category.MERCHANT, education=Education.HIGH,
        is_returnee=True, consented_at=at, made_by=by,
    )  # fmt: skip
