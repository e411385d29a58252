"""SQL by which a lesson holds its trainer, its assistant and its room: one `Hold` of the same id and its bookings, written by
triggers whatever path the lesson is written by. So the one constraint of bookings keeps lessons and sessions apart.

A lesson that is called off, or whose row is gone, holds nothing: its hold stays, so that calendars hear of it. One that was held
keeps its past hours."""

from __future__ import annotations

import pgtrigger

from livestream.models.hold import TITLE_AT_MOST
from livestream.models.placing import SORTED_TURNS, TAKE_TURNS

# What is told of a lesson, or booked for it: any other change leaves its hold as it is.
HELD = ("cohort_id", "title", "starts_at", "ends_at", "trainer_id", "assistant_id", "room_id", "state")
TURNS_OF_LESSON = SORTED_TURNS.format(
    rows="""(SELECT subject FROM livestream_booking WHERE hold_id = NEW.id
    UNION ALL SELECT 'person:' || NEW.trainer_id WHERE NEW.trainer_id IS NOT NULL
    UNION ALL SELECT 'person:' || NEW.assistant_id WHERE NEW.assistant_id IS NOT NULL
    UNION ALL SELECT 'resource:' || NEW.room_id WHERE NEW.room_id IS NOT NULL) wanted"""
)
TITLE = f"left(%s || '（' || c.title || '）', {TITLE_AT_MOST})"
WHERE = "COALESCE((SELECT r.place_id FROM livestream_resource r WHERE r.id = %s), c.place_id)"
# What it does not want any more goes first: else it would move with the lesson to where it may be taken.
HOLD = f"""
IF TG_OP = 'UPDATE' THEN
    IF (OLD.cohort_id, OLD.title, OLD.starts_at, OLD.ends_at, OLD.trainer_id, OLD.assistant_id, OLD.room_id,
        OLD.state = 'cancelled') IS NOT DISTINCT FROM (NEW.cohort_id, NEW.title, NEW.starts_at, NEW.ends_at, NEW.trainer_id,
        NEW.assistant_id, NEW.room_id, NEW.state = 'cancelled') THEN
        RETURN NULL;
    END IF;
END IF;
PERFORM {TAKE_TURNS} FROM {TURNS_OF_LESSON};
DELETE FROM livestream_booking WHERE hold_id = NEW.id AND NOT COALESCE(CASE duty WHEN 'trainer' THEN person_id = NEW.trainer_id
    WHEN 'assistant' THEN person_id = NEW.assistant_id ELSE resource_id = NEW.room_id END, false);
INSERT INTO livestream_hold AS h
    (id, county_id, place_id, kind, title, starts_at, ends_at, is_standing, version, changed_at, link)
SELECT NEW.id, c.county_id, {WHERE % "NEW.room_id"}, 'lesson', {TITLE % "NEW.title"}, NEW.starts_at, NEW.ends_at,
    NEW.state <> 'cancelled', 1, now(), '/school/lessons/' || NEW.id || '/'
FROM training_cohort c WHERE c.id = NEW.cohort_id
ON CONFLICT (id) DO UPDATE SET county_id = EXCLUDED.county_id, place_id = EXCLUDED.place_id, title = EXCLUDED.title,
    starts_at = EXCLUDED.starts_at, ends_at = EXCLUDED.ends_at, is_standing = EXCLUDED.is_standing, version = h.version + 1,
    changed_at = EXCLUDED.changed_at;
INSERT INTO livestream_booking (hold_id, person_id, resource_id, duty, during, subject, holder, is_holding, is_binding)
SELECT NEW.id, w.person, w.resource, w.duty, 'empty', '', NEW.id, true, true
FROM (VALUES (NEW.trainer_id, NULL::bigint, 'trainer'), (NEW.assistant_id, NULL, 'assistant'), (NULL, NEW.room_id, ''))
    AS w (person, resource, duty)
WHERE COALESCE(w.person, w.resource) IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM livestream_booking b WHERE b.hold_id = NEW.id AND b.duty = w.duty);
RETURN NULL;
"""
LET_GO = """
UPDATE livestream_hold SET is_standing = false, version = version + 1, changed_at = now() WHERE id = OLD.id;
RETURN NULL;
"""
# A class that moves to another village, or is called otherwise: its lessons are told of anew, and its trainers travel there.
MOVE = f"""
UPDATE livestream_hold h SET place_id = {WHERE % "l.room_id"}, title = {TITLE % "l.title"}, version = h.version + 1,
    changed_at = now()
FROM training_lesson l JOIN training_cohort c ON c.id = l.cohort_id WHERE c.id = NEW.id AND h.id = l.id;
RETURN NULL;
"""

HOLD_LESSON = pgtrigger.Trigger(
    name="hold_lesson", when=pgtrigger.After, operation=pgtrigger.Insert | pgtrigger.UpdateOf(*HELD), func=HOLD
)
LET_LESSON_GO = pgtrigger.Trigger(name="let_lesson_go", when=pgtrigger.After, operation=pgtrigger.Delete, func=LET_GO)
MOVE_LESSONS = pgtrigger.Trigger(
    name="move_lessons",
    when=pgtrigger.After,
    operation=pgtrigger.UpdateOf("title", "place_id"),
    condition=pgtrigger.AnyChange("title", "place_id"),
    func=MOVE,
)
