"""What the database itself does about seats, whoever writes: triggers of the cohort and of its enrolments.

A new enrolment waits for its turn at the cohort's row, and gets the lowest free seat or the end of the queue; so the cohort has
never more people than seats, by whatever door they come. A seat that becomes free, or a new one, goes to the first of the queue
in the same transaction.

Verbs lock the cohort first, then its enrolments, so that they never wait for each other in a circle. Who writes by SQL locks the
enrolment before the trigger locks its cohort: of two who change the same row at once, one by SQL and one by a verb, PostgreSQL
may end one (deadlock detected), and nothing of it is stored."""

from __future__ import annotations

import pgtrigger

from training.rules.cohort import TAKES_PEOPLE
from training.rules.enrolment import SEATED, EnrolmentState

TAKES = ", ".join(f"'{state}'" for state in sorted(TAKES_PEOPLE))
HELD = ", ".join(f"'{state}'" for state in sorted(SEATED))
ENROLLED, WAITING, WITHDRAWN = EnrolmentState.ENROLLED.value, EnrolmentState.WAITING.value, EnrolmentState.WITHDRAWN.value
LOWEST_FREE = """SELECT min(number) INTO free FROM generate_series(1, seats) number WHERE NOT EXISTS (
    SELECT 1 FROM training_enrolment e WHERE e.cohort_id = {cohort} AND e.seat = number)"""
REFUSE = "RAISE EXCEPTION '{words}' USING ERRCODE = 'check_violation', CONSTRAINT = '{name}', TABLE = TG_TABLE_NAME;"

# Who is promoted by the trigger below comes here with `cunbo.seat_given`; by hand nobody passes those who waited longer. Who was
# taken out of the queue by mistake comes back with `cunbo.queue_back`, `<enrolment>:<number>`, to the number he had.
TAKE_SEAT = f"""
IF TG_OP = 'UPDATE' THEN
    IF NEW.cohort_id <> OLD.cohort_id THEN
        {REFUSE.format(words="an enrolment stays in its cohort", name="enrolment_stays_in_its_cohort")}
    ELSIF NEW.state = '{WITHDRAWN}' THEN
        NEW.seat := NULL;
        NEW.queue_no := NULL;
        NEW.left_at := COALESCE(NEW.left_at, now());
        RETURN NEW;
    ELSIF OLD.state IN ({HELD}) THEN
        NEW.state := CASE NEW.state WHEN '{WAITING}' THEN '{ENROLLED}' ELSE NEW.state END;
        NEW.seat := OLD.seat;
        NEW.queue_no := NULL;
        RETURN NEW;
    ELSIF OLD.state = '{WAITING}' THEN
        IF NEW.state = '{WAITING}' THEN
            NEW.seat := NULL;
            NEW.queue_no := OLD.queue_no;
        ELSIF COALESCE(current_setting('cunbo.seat_given', true), '') <> NEW.id::text THEN
            {REFUSE.format(words="a free seat goes to the first who waits", name="seat_goes_to_the_first_waiting")}
        END IF;
        RETURN NEW;
    END IF;
ELSIF NEW.state = '{WITHDRAWN}' THEN
    NEW.seat := NULL;
    NEW.queue_no := NULL;
    RETURN NEW;
END IF;
SELECT c.seats, c.state INTO seats, state FROM training_cohort c WHERE c.id = NEW.cohort_id FOR NO KEY UPDATE;
IF NEW.state IN ('{ENROLLED}', '{WAITING}') AND state NOT IN ({TAKES}) THEN
    {REFUSE.format(words="this cohort is not taking people", name="cohort_takes_people")}
END IF;
NEW.seat := NULL;
NEW.queue_no := NULL;
IF NOT EXISTS (SELECT 1 FROM training_enrolment e WHERE e.cohort_id = NEW.cohort_id AND e.state = '{WAITING}') THEN
    {LOWEST_FREE.format(cohort="NEW.cohort_id")};
    NEW.seat := free;
END IF;
IF NEW.state IN ('{ENROLLED}', '{WAITING}') THEN
    NEW.state := CASE WHEN NEW.seat IS NULL THEN '{WAITING}' ELSE '{ENROLLED}' END;
    IF NEW.seat IS NULL THEN
        SELECT COALESCE(max(e.queue_no), 0) + 1 INTO NEW.queue_no FROM training_enrolment e WHERE e.cohort_id = NEW.cohort_id;
        back := COALESCE(current_setting('cunbo.queue_back', true), '');
        IF split_part(back, ':', 1) = NEW.id::text THEN
            NEW.queue_no := split_part(back, ':', 2)::integer;
        END IF;
    END IF;
END IF;
RETURN NEW;
"""

FILL_SEATS = f"""
SELECT c.seats INTO seats FROM training_cohort c WHERE c.id = {{cohort}} AND c.state IN ({TAKES}) FOR NO KEY UPDATE;
IF NOT FOUND THEN
    RETURN NULL;
END IF;
LOOP
    {LOWEST_FREE.format(cohort="{cohort}")};
    EXIT WHEN free IS NULL;
    SELECT e.id INTO promoted FROM training_enrolment e WHERE e.cohort_id = {{cohort}} AND e.state = '{WAITING}'
    ORDER BY e.queue_no LIMIT 1 FOR NO KEY UPDATE;
    EXIT WHEN NOT FOUND;
    PERFORM set_config('cunbo.seat_given', promoted::text, true);
    UPDATE training_enrolment SET state = '{ENROLLED}', seat = free, queue_no = NULL, promoted_at = now(), told_at = NULL
    WHERE id = promoted;
    PERFORM set_config('cunbo.seat_given', '', true);
END LOOP;
RETURN NULL;
"""

KEEP_SEATED = f"""
IF EXISTS (SELECT 1 FROM training_enrolment e WHERE e.cohort_id = NEW.id AND e.seat > NEW.seats) THEN
    {REFUSE.format(words="a cohort has a seat for everybody who has one", name="cohort_keeps_its_seated")}
END IF;
RETURN NEW;
"""

FREED = [("seats", "integer"), ("free", "integer"), ("promoted", "uuid")]

OF_ENROLMENTS = [
    pgtrigger.Trigger(
        name="take_seat",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("state", "seat", "queue_no", "cohort_id"),
        declare=[("seats", "integer"), ("state", "text"), ("free", "integer"), ("back", "text")],
        func=TAKE_SEAT,
    ),
    pgtrigger.Trigger(
        name="fill_freed_seat",
        when=pgtrigger.After,
        operation=pgtrigger.UpdateOf("state", "seat", "queue_no", "cohort_id"),
        condition=pgtrigger.Q(old__seat__isnull=False, new__seat__isnull=True),
        declare=FREED,
        func=FILL_SEATS.format(cohort="OLD.cohort_id"),
    ),
    pgtrigger.Trigger(
        name="fill_left_seat",
        when=pgtrigger.After,
        operation=pgtrigger.Delete,
        condition=pgtrigger.Q(old__seat__isnull=False),
        declare=FREED,
        func=FILL_SEATS.format(cohort="OLD.cohort_id"),
    ),
]
OF_COHORTS = [
    pgtrigger.Trigger(
        name="keep_seated",
        when=pgtrigger.Before,
        operation=pgtrigger.UpdateOf("seats"),
        condition=pgtrigger.Condition("NEW.seats < OLD.seats"),
        func=KEEP_SEATED,
    ),
    pgtrigger.Trigger(
        name="fill_new_seats",
        when=pgtrigger.After,
        operation=pgtrigger.UpdateOf("seats", "state"),
        declare=FREED,
        func=FILL_SEATS.format(cohort="NEW.id"),
    ),
]
