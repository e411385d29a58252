"""The county and its sessions: tables, constraints and querysets."""

from livestream.models.api_token import ApiToken, ApiTokenAddress
from livestream.models.appointment import Appointment
from livestream.models.audit import AuditCheck, AuditEntry
from livestream.models.blocked import BlockedLoad
from livestream.models.board import BoardVersion
from livestream.models.consent import Consent
from livestream.models.invitation import Invitation
from livestream.models.kept_answer import KeptAnswer
from livestream.models.lineup import LineUpItem
from livestream.models.login import SignIn
from livestream.models.party import Supplier
from livestream.models.person import User
from livestream.models.pitch import Incident, Pitch
from livestream.models.place import Place
from livestream.models.product import Product
from livestream.models.recovery import RecoveryCode
from livestream.models.second_factor import SecondFactor
from livestream.models.session import Guest, LiveSession, Room
from livestream.models.sms import SmsCode
from livestream.models.subject_request import SubjectRequest
from livestream.models.vault import MatchKey, PersonalData

__all__ = [
    "ApiToken",
    "ApiTokenAddress",
    "Appointment",
    "AuditCheck",
    "AuditEntry",
    "BlockedLoad",
    "BoardVersion",
    "Consent",
    "Guest",
    "Incident",
    "Invitation",
    "KeptAnswer",
    "LineUpItem",
    "LiveSession",
    "MatchKey",
    "PersonalData",
    "Pitch",
    "Place",
    "Product",
    "RecoveryCode",
    "Room",
    "SecondFactor",
    "SignIn",
    "SmsCode",
    "SubjectRequest",
    "Supplier",
    "User",
]
