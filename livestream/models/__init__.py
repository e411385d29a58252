"""The county and its sessions: tables, constraints and querysets."""

from livestream.models.agreement import Agreement, Deliverable
from livestream.models.api_token import ApiToken, ApiTokenAddress
from livestream.models.appointment import Appointment
from livestream.models.audience import Comment, ItemReading, QuickAnswer, ViewerReading
from livestream.models.audit import AuditCheck, AuditEntry
from livestream.models.availability import Availability
from livestream.models.blocked import BlockedLoad
from livestream.models.board import BoardVersion
from livestream.models.booking import Booking
from livestream.models.campaign import Campaign
from livestream.models.complaint import Complaint, ServiceLine
from livestream.models.consent import Consent
from livestream.models.control import ControlEvent
from livestream.models.excuse import Excuse
from livestream.models.feed import CalendarFeed
from livestream.models.hold import Hold
from livestream.models.invitation import Invitation
from livestream.models.kept_answer import KeptAnswer
from livestream.models.leader import BroadcastRequest, Leader
from livestream.models.lineup import ItemLink, LineUpItem, LineUpVersion, Offer, PaidLow, SupplyPromise
from livestream.models.login import SignIn
from livestream.models.notice import Notice, NoticePreference, Robot
from livestream.models.paper import GateOverride, Paper, PaperRule
from livestream.models.party import Supplier
from livestream.models.person import User
from livestream.models.pitch import Incident, Pitch
from livestream.models.place import Place
from livestream.models.plan_rules import PlanRules
from livestream.models.plan_step import PlanStep
from livestream.models.preflight import PreflightTick, StartChoice
from livestream.models.product import GeoIndication, Packaging, Product
from livestream.models.promotion import PromotionTask, PromotionVisit
from livestream.models.recovery import RecoveryCode
from livestream.models.release import Confirmation, Release, ReleasedChange
from livestream.models.resource import Resource, TravelTime
from livestream.models.review import ReviewAction, ReviewNote, Statement
from livestream.models.reward import RewardDraw, RewardRule
from livestream.models.script import BannedTerm, CueCard, Poster, PosterVisit, Script, ScriptRow, ScriptTemplate
from livestream.models.second_factor import SecondFactor
from livestream.models.segment import Segment
from livestream.models.selection import Sample, SelectionCase, SelectionStep
from livestream.models.series import Series
from livestream.models.session import Guest, LiveSession, Room
from livestream.models.sms import SmsCode
from livestream.models.subject_request import SubjectRequest
from livestream.models.subsidy import SubsidyRule
from livestream.models.vault import MatchKey, PersonalData

__all__ = [
    "Comment",
    "ItemReading",
    "QuickAnswer",
    "ViewerReading",
    "Complaint",
    "ControlEvent",
    "GateOverride",
    "Paper",
    "PaidLow",
    "PaperRule",
    "PreflightTick",
    "ReviewAction",
    "ReviewNote",
    "StartChoice",
    "Statement",
    "BannedTerm",
    "CueCard",
    "Poster",
    "PosterVisit",
    "Script",
    "ScriptRow",
    "ScriptTemplate",
    "Sample",
    "SelectionCase",
    "SelectionStep",
    "SubsidyRule",
    "ItemLink",
    "LineUpVersion",
    "Offer",
    "SupplyPromise",
    "GeoIndication",
    "Packaging",
    "Agreement",
    "ApiToken",
    "ApiTokenAddress",
    "Appointment",
    "AuditCheck",
    "AuditEntry",
    "Availability",
    "BlockedLoad",
    "BoardVersion",
    "Booking",
    "BroadcastRequest",
    "CalendarFeed",
    "Campaign",
    "Confirmation",
    "Consent",
    "Deliverable",
    "Excuse",
    "Guest",
    "Hold",
    "Incident",
    "Invitation",
    "KeptAnswer",
    "Leader",
    "LineUpItem",
    "LiveSession",
    "MatchKey",
    "Notice",
    "NoticePreference",
    "PersonalData",
    "Pitch",
    "Place",
    "PlanRules",
    "PlanStep",
    "Product",
    "PromotionTask",
    "PromotionVisit",
    "RecoveryCode",
    "Release",
    "ReleasedChange",
    "Resource",
    "RewardDraw",
    "RewardRule",
    "Robot",
    "Room",
    "SecondFactor",
    "Segment",
    "Series",
    "SignIn",
    "SmsCode",
    "SubjectRequest",
    "ServiceLine",
    "Supplier",
    "TravelTime",
    "User",
]
