from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from livestream.rules.errors import NotAllowed
from tests.factories import make_session, make_user
from tests.study import NOW, make_learner
from training.actions.practical import Marking, mark_practical, sessions_to_mark
from training.actions.results import results_of
from training.actions.rubric import change_rubric, rubric_of, rubrics_of
from training.models import Practical, RubricLine
from training.rules.rubric import DEFAULT, Line

AIRED = datetime(2026, 11, 10, 12, tzinfo=UTC)
FULL = {line.key: str(line.points) for line in DEFAULT.lines}


@pytest.fixture
def learner(county, host):
    return make_learner(county, user=host)


def aired(host, at=AIRED, **kwargs):
    return make_session(host.place, host, went_live_at=at, ended_at=at + timedelta(minutes=45), **kwargs)


def test_practice_and_real_sessions_since_the_first_day_can_be_marked(learner, host, other_county):
    before = aired(host, datetime(2026, 11, 1, 15, 59, tzinfo=UTC))  # 23:59 of the day before
    first = aired(host, datetime(2026, 11, 1, 16, 1, tzinfo=UTC), room="R2", account="A2")
    practice = aired(host, kind="practice", room="R3", account="A3")
    make_session(host.place, host, room="R4", account="A4")  # not on air yet
    aired(make_user("host", host.place), room="R5", account="A5")

    assert list(sessions_to_mark(learner)) == [practice, first]
    with pytest.raises(NotAllowed) as refused:
        mark_practical(learner, before, Marking(1, FULL), by=make_user("trainer"), at=NOW)
    assert refused.value.code == "practical_elsewhere"


def test_trainee_without_an_account_has_nothing_to_mark(county):
    assert list(sessions_to_mark(make_learner(county))) == []


def test_each_marker_once_and_the_best_counts(learner, host, trainer, county):
    session, other = aired(host), make_user("trainer", county)

    mark_practical(learner, session, Marking(1, FULL | {"goods": "0"}), by=trainer, at=NOW)
    mark_practical(learner, session, Marking(1, FULL | {"goods": "5"}, "有进步"), by=trainer, at=NOW)
    mark_practical(learner, session, Marking(1, FULL | {"goods": "20"}), by=other, at=NOW)

    assert sorted(Practical.objects.values_list("marked_by", "total", "words")) == sorted(
        [(trainer.pk, 75, "有进步"), (other.pk, 90, "")]
    )
    assert results_of(learner.cohort)[learner.pk].practical == 90


def test_nobody_marks_himself(learner, host):
    with pytest.raises(NotAllowed) as refused:
        mark_practical(learner, aired(host), Marking(1, FULL), by=host, at=NOW)

    assert refused.value.code == "practical_own"


def test_change_of_the_rubric_is_a_new_version_and_old_marks_keep_theirs(learner, host, trainer, county):
    session, lines = aired(host), [Line("goods", "讲货", 60), Line("v2-2", "收尾", 40)]
    mark_practical(learner, session, Marking(1, FULL), by=trainer, at=NOW)

    assert change_rubric(county.pk, lines, seen_version=1).version == 2
    assert change_rubric(county.pk, lines, seen_version=2).version == 2  # nothing changed
    with pytest.raises(NotAllowed) as refused:
        change_rubric(county.pk, [Line("goods", "讲货", 100)], seen_version=1)
    assert refused.value.code == "rubric_meanwhile"
    with pytest.raises(NotAllowed) as refused:
        mark_practical(learner, session, Marking(1, FULL), by=make_user("trainer", county), at=NOW)
    assert refused.value.code == "rubric_meanwhile"

    assert rubrics_of(county.pk) == {1: DEFAULT, 2: rubric_of(county.pk)}
    assert RubricLine.objects.filter(county=county).count() == 8
    assert Practical.objects.get().rubric_version == 1


def test_rubric_of_a_county_that_wrote_none(county, other_county):
    change_rubric(county.pk, [Line("goods", "讲货", 100)], seen_version=1)

    assert rubric_of(other_county.pk) == DEFAULT
