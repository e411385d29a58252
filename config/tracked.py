"""Which tables the audit log follows row by row, and which it does not, and why.

Triggers in the database itself write the entries (`row_changes.py`): what a page, the admin site, a task, a
command or a person with `psql` changes is caught alike. Only the columns named by the model when its trigger was made are
written: a column that comes later is in no entry before a migration says so.
"""

from __future__ import annotations

import pgtrigger
from django.apps import apps

from config.row_changes import Tracked

OF_PERSON = "(SELECT place_id FROM livestream_user WHERE id = {row}.user_id)"
OF_ABSENCE = """COALESCE((SELECT place_id FROM livestream_user WHERE id = {row}.person_id),
    (SELECT county_id FROM livestream_resource WHERE id = {row}.resource_id))"""
OF_AGREEMENT = "(SELECT county_id FROM livestream_agreement WHERE id = {row}.agreement_id)"
OF_COHORT = "(SELECT county_id FROM training_cohort WHERE id = {row}.cohort_id)"
OF_COURSE = "(SELECT county_id FROM training_course WHERE id = {row}.course_id)"
OF_QUIZ = """(SELECT c.county_id FROM training_quiz q JOIN training_course c ON c.id = q.course_id
    WHERE q.id = {row}.quiz_id)"""
OF_EXAM = """(SELECT c.county_id FROM training_exam e JOIN training_cohort c ON c.id = e.cohort_id
    WHERE e.id = {row}.exam_id)"""
OF_ENROLMENT = """(SELECT c.county_id FROM training_enrolment e JOIN training_cohort c ON c.id = e.cohort_id
    WHERE e.id = {row}.enrolment_id)"""
OF_TRAINER = "(SELECT county_id FROM training_trainer WHERE user_id = {row}.trainer_id)"
OF_TRAINEE = "(SELECT county_id FROM training_trainee WHERE id = {row}.trainee_id)"
OF_SPOT_CHECK = "(SELECT county_id FROM training_spotcheck WHERE id = {row}.check_run_id)"
OF_BOOKING = """COALESCE((SELECT county_id FROM livestream_livesession WHERE id = {row}.session_id),
    (SELECT county_id FROM livestream_hold WHERE id = {row}.hold_id))"""
OF_PRODUCT = "(SELECT county_id FROM livestream_product WHERE id = {row}.product_id)"
OF_SELECTION = "(SELECT county_id FROM livestream_selectioncase WHERE id = {row}.case_id)"
OF_ITEM = """(SELECT s.county_id FROM livestream_lineupitem i JOIN livestream_livesession s ON s.id = i.session_id
    WHERE i.id = {row}.item_id)"""
OF_SESSION = "(SELECT county_id FROM livestream_livesession WHERE id = {row}.session_id)"

# `place`: where the row belongs, which decides who may read of it. `masked` columns are written as 138****0000 or 张**, of
# `hidden` ones only that they changed, those in `without` not at all (what changes by itself all the time), nor any secret.
TRACKED = (
    Tracked("livestream.User", "{row}.place_id", masked=("phone", "name", "live_name"), without=("password", "last_login")),
    Tracked("livestream.Appointment", "{row}.place_id"),
    Tracked("livestream.Invitation", OF_PERSON, without=("digest",)),
    Tracked(
        "livestream.SecondFactor",
        OF_PERSON,
        without=("key", "last_step", "last_used_at", "throttling_failure_timestamp", "throttling_failure_count"),
    ),
    Tracked(
        "livestream.PersonalData",
        OF_PERSON,
        hidden=(
            "birth",
            "identity_digest",
            "second_phone",
            "guardian_name",
            "guardian_phone",
            "guardian_evidence",
            "sealed",
        ),
        without=("updated_at",),
    ),
    Tracked("livestream.SubjectRequest", OF_PERSON, hidden=("wish", "answer")),
    Tracked("livestream.ApiToken", "COALESCE({row}.place_id, '')", without=("last_used_at",)),
    Tracked("livestream.Place", "{row}.code", at_once=True),
    Tracked("livestream.Supplier", "{row}.county_id", hidden=("contact", "phone"), without=("version",)),
    Tracked("livestream.Product", "{row}.county_id", without=("version",)),
    Tracked("livestream.GeoIndication", "{row}.county_id"),
    Tracked("livestream.Packaging", OF_PRODUCT),
    Tracked("livestream.Paper", "{row}.county_id", without=("stored_as", "warned_on")),
    Tracked("livestream.PaperRule", "{row}.county_id"),
    Tracked("livestream.SelectionCase", "{row}.county_id"),
    Tracked("livestream.Sample", OF_SELECTION),
    Tracked("livestream.SubsidyRule", "{row}.county_id", without=("used_fen",)),
    Tracked("livestream.Offer", OF_ITEM),
    Tracked("livestream.ItemLink", OF_ITEM),
    Tracked("livestream.SupplyPromise", OF_ITEM),
    Tracked("livestream.Script", OF_SESSION, without=("version",)),
    Tracked("livestream.CueCard", OF_SESSION, without=("version",)),
    Tracked("livestream.ScriptTemplate", "{row}.county_id"),
    Tracked("livestream.BannedTerm", "{row}.county_id"),
    Tracked("livestream.Poster", OF_SESSION, without=("code",)),
    Tracked("livestream.Comment", OF_SESSION, hidden=("words",), without=("tap",)),
    Tracked("livestream.QuickAnswer", "{row}.county_id"),
    Tracked("livestream.ReviewAction", OF_SESSION),
    Tracked("livestream.Complaint", "{row}.county_id", hidden=("words", "contact"), without=("code", "forgot_at")),
    Tracked("livestream.ServiceLine", "{row}.county_id"),
    Tracked("livestream.LiveSession", "{row}.county_id", without=("window_revision", "window_changed_at")),
    Tracked("livestream.LineUpItem", OF_SESSION),
    Tracked("livestream.Room", OF_SESSION),
    Tracked("livestream.Guest", OF_SESSION),
    Tracked("livestream.Incident", OF_SESSION, without=("tap", "proof_stored_as")),
    Tracked("livestream.Segment", OF_SESSION),
    Tracked("livestream.Booking", OF_BOOKING, without=("during", "subject", "holder", "is_holding", "is_binding")),
    Tracked("livestream.Excuse", OF_SESSION),
    Tracked("livestream.BroadcastRequest", OF_SESSION),
    Tracked("livestream.Leader", "{row}.county_id"),
    Tracked("livestream.PlanRules", "{row}.county_id"),
    Tracked("livestream.Resource", "{row}.county_id"),
    Tracked("livestream.TravelTime", "{row}.county_id"),
    Tracked("livestream.Series", "{row}.county_id"),
    Tracked("livestream.Availability", OF_ABSENCE),
    Tracked("livestream.Campaign", "{row}.county_id"),
    Tracked("livestream.PromotionTask", "{row}.county_id", without=("reminded_for",)),
    Tracked("livestream.RewardRule", "{row}.county_id"),
    Tracked("livestream.Agreement", "{row}.county_id"),
    Tracked("livestream.Deliverable", OF_AGREEMENT),
    Tracked("livestream.Robot", "{row}.county_id", hidden=("address", "secret")),
    Tracked("livestream.CalendarFeed", "{row}.county_id", without=("digest", "seen_at")),
    Tracked(
        "orders.Shop",
        "{row}.county_id",
        hidden=("app_key",),
        without=("token_expires_at", "token_due_at", "token_error", "secret_used_at", "old_secret_used_at"),
    ),
    Tracked("orders.AlertThresholds", "{row}.county_id"),
    Tracked("orders.KioskLink", "{row}.county_id", without=("digest", "seen_at")),
    Tracked(
        "orders.Export",
        "{row}.place_id",
        without=("slot", "attempt", "heartbeat_at", "rows", "bytes", "sha256", "stored_as", "made_at", "downloads", "error"),
    ),
    Tracked("training.SchoolRules", "{row}.county_id"),
    Tracked("training.SchoolMonth", "{row}.county_id"),
    Tracked("training.Course", "{row}.county_id"),
    Tracked("training.Material", OF_COURSE, without=("stored_as",)),
    Tracked("training.Trainer", "{row}.county_id"),
    Tracked("training.TrainerRecord", OF_TRAINER),
    Tracked(
        "training.Trainee",
        "{row}.county_id",
        masked=("name",),
        hidden=("phone", "phone_digest", "phone_end", "birth", "birth_year", "identity_digest", "support", "guardian_evidence"),
    ),
    Tracked("training.TraineePass", OF_TRAINEE, without=("digest", "seen_at")),
    Tracked("training.Cohort", "{row}.county_id", without=("join_code",)),
    Tracked("training.CohortTrainer", OF_COHORT),
    Tracked("training.Enrolment", OF_COHORT, without=("client_id", "told_at")),
    Tracked("training.Lesson", OF_COHORT, without=("secret",)),
    Tracked("training.Quiz", OF_COURSE),
    Tracked("training.Question", OF_QUIZ),
    Tracked("training.Exam", OF_COHORT),
    Tracked("training.ExamResult", OF_EXAM, without=("noted_at",)),
    Tracked("training.Practical", OF_ENROLMENT),
    Tracked("training.RubricLine", "{row}.county_id"),
    Tracked("training.CertificateRule", "{row}.county_id"),
    Tracked("training.Certificate", OF_ENROLMENT, hidden=("name",), without=("credential",)),
    Tracked("training.FollowUp", OF_ENROLMENT, hidden=("words", "earns_fen")),
    Tracked("training.IncubationStep", OF_ENROLMENT, hidden=("words",)),
    Tracked("training.ConversionRule", "{row}.county_id"),
    Tracked("training.Evidence", OF_ENROLMENT, hidden=("kept_at",)),
    Tracked("training.Enclosure", OF_ENROLMENT, hidden=("name",), without=("stored_as",)),
    Tracked("training.SpotCheck", "{row}.county_id"),
    Tracked("training.SpotCall", OF_SPOT_CHECK),
)

BY_MACHINE = "no person writes it: derived from what is tracked or from the ledger"
OWN_TRUTH = "append-only itself, or kept for ever with who and when in its own columns"
FOREIGN = "a library's own table; what people decide about it is written by the verb (Deed)"
UNTRACKED = {
    "livestream.ApiTokenAddress": BY_MACHINE,
    "livestream.AuditCheck": "what the check of the log itself found",
    "livestream.AuditEntry": OWN_TRUTH,
    "livestream.BlockedLoad": BY_MACHINE,
    "livestream.BoardVersion": BY_MACHINE,
    "livestream.Consent": OWN_TRUTH,
    "livestream.Confirmation": OWN_TRUTH,
    "livestream.ControlEvent": OWN_TRUTH,
    "livestream.GateOverride": OWN_TRUTH,
    "livestream.ItemReading": OWN_TRUTH,
    "livestream.LineUpVersion": OWN_TRUTH,
    "livestream.PaidLow": BY_MACHINE,
    "livestream.PosterVisit": "how often the code of a poster was opened, a row a day: nobody did it by name",
    "livestream.PreflightTick": OWN_TRUTH,
    "livestream.ReviewNote": OWN_TRUTH,
    "livestream.ScriptRow": "the lines of a script, written with it as a whole; the script's own row is followed",
    "livestream.SelectionStep": OWN_TRUTH,
    "livestream.StartChoice": OWN_TRUTH,
    "livestream.Statement": BY_MACHINE,
    "livestream.ViewerReading": OWN_TRUTH,
    "livestream.Hold": BY_MACHINE,
    "livestream.KeptAnswer": BY_MACHINE,
    "livestream.MatchKey": BY_MACHINE,
    "livestream.Notice": BY_MACHINE,
    "livestream.NoticePreference": "everybody's own choice of how he is told; no right rests on it",
    "livestream.Pitch": "one row for each tap of a host on air, never changed but for its end: its own record",
    "livestream.PlanStep": "what a verb made of a plan, for thirty days, with who and when; the rows themselves are followed",
    "livestream.PromotionVisit": "how often a short link was opened, a row a day: nobody did it by name",
    "livestream.RewardDraw": OWN_TRUTH,
    "livestream.RecoveryCode": "a digest each; made and used with a second factor, which the verb writes",
    "livestream.Release": OWN_TRUTH,
    "livestream.ReleasedChange": OWN_TRUTH,
    "livestream.SignIn": OWN_TRUTH,
    "livestream.SmsCode": "a digest for some minutes; what it let in is written as a deed",
    "livestream.User_groups": "no right rests on groups: rules/rights.py knows roles and places alone",
    "livestream.User_user_permissions": "no right rests on single permissions",
    "orders.AfterSale": BY_MACHINE,
    "orders.Alert": OWN_TRUTH,
    "orders.AttributedWindow": BY_MACHINE,
    "orders.BoardCheck": BY_MACHINE,
    "orders.BoardEpoch": BY_MACHINE,
    "orders.CheckedBoard": BY_MACHINE,
    "orders.DayTally": BY_MACHINE,
    "orders.DeadLetter": OWN_TRUTH,
    "orders.Delivery": BY_MACHINE,
    "orders.ExportHour": BY_MACHINE,
    "orders.FullCheck": BY_MACHINE,
    "orders.Hint": OWN_TRUTH,
    "orders.ItemTally": BY_MACHINE,
    "orders.LedgerEntry": OWN_TRUTH,
    "orders.SubsidyEntry": OWN_TRUTH,
    "orders.SubsidyMark": BY_MACHINE,
    "orders.MinuteTally": BY_MACHINE,
    "orders.Order": BY_MACHINE,
    "orders.OrderFile": OWN_TRUTH,
    "orders.OrderLine": BY_MACHINE,
    "orders.PullCursor": BY_MACHINE,
    "orders.MonthKey": BY_MACHINE,
    "orders.RawDelivery": BY_MACHINE,
    "orders.RefundTally": BY_MACHINE,
    "orders.SecondTally": BY_MACHINE,
    "orders.ShopTally": BY_MACHINE,
    "orders.SoldItem": BY_MACHINE,
    "orders.Source": BY_MACHINE,
    "orders.Sweep": BY_MACHINE,
    "training.AnomalyNote": OWN_TRUTH,
    "training.Attendance": "follows from the marks, which are never changed",
    "training.Call": OWN_TRUTH,
    "training.ClassPack": OWN_TRUTH,
    "training.Cohort_courses": "which courses a cohort is about; what was taught stands in its lessons",
    "training.DifferentPeople": OWN_TRUTH,
    "training.Feedback": OWN_TRUTH,
    "training.GradeDecision": OWN_TRUTH,
    "training.GradeProposal": BY_MACHINE,
    "training.GradeRule": OWN_TRUTH,
    "training.IssuerKey": "a new one has an entry of its own; certificates say which of them they are signed with",
    "training.Mark": OWN_TRUTH,
    "training.Photo": OWN_TRUTH,
    "training.QuizTry": OWN_TRUTH,
    "training.SignInSheet": OWN_TRUTH,
    "training.SpotCheck_cohorts": "written once, with the sample that was drawn from them",
    "training.StudyEntry": OWN_TRUTH,
    "admin.LogEntry": FOREIGN,
    "auth.Group": "no right rests on groups",
    "auth.Group_permissions": "no right rests on groups",
    "auth.Permission": FOREIGN,
    "axes.AccessAttempt": FOREIGN,
    "axes.AccessAttemptExpiration": FOREIGN,
    "axes.AccessFailureLog": FOREIGN,
    "axes.AccessLog": FOREIGN,
    "contenttypes.ContentType": FOREIGN,
    "sessions.Session": FOREIGN,
}


def follow_rows() -> None:
    """Gives each tracked model its triggers, as if they stood in its Meta; migrations see them."""
    for tracked in TRACKED:
        model = apps.get_model(tracked.model)
        for trigger in tracked.triggers(model):
            pgtrigger.register(trigger)(model)
