"""Tables, one noun a file. Importing this package makes all of them known to the metadata."""

from app.models.account import Account, Role
from app.models.attempt import Attempt, AttemptState
from app.models.audit import AuditRecord
from app.models.certificate import Certificate
from app.models.claim import Claim, ClaimState
from app.models.consent import Channel, Consent, Purpose
from app.models.contest import Contest, Page, Round
from app.models.data_request import DataRequest, RequestKind, RequestState
from app.models.entry import Entry
from app.models.final_result import Award, FinalLine, FinalResult
from app.models.group import Group, GroupKind
from app.models.invalidation import Invalidation, InvalidationReason
from app.models.kiosk import Handover, Kiosk, KioskCode
from app.models.lesson import Lesson, LessonRead
from app.models.old_unit import OldUnit
from app.models.one_time_code import CodePurpose, OneTimeCode
from app.models.question import Pool, Question, QuestionKind, QuestionVersion
from app.models.rollup import Rollup, RollupContent, Snapshot
from app.models.session import Session
from app.models.sms import SmsMessage, SmsState
from app.models.staff_unit import StaffUnit
from app.models.standing import LadderRung, Standing, StandingMove
from app.models.story import Story, StoryState
from app.models.throttle import Throttle
from app.models.topic import Topic
from app.models.unit import Unit, UnitType
from app.models.visit import VisitHour

__all__ = [
    "Account",
    "Attempt",
    "AttemptState",
    "AuditRecord",
    "Award",
    "Certificate",
    "Channel",
    "Claim",
    "ClaimState",
    "CodePurpose",
    "Consent",
    "Contest",
    "DataRequest",
    "Entry",
    "FinalLine",
    "FinalResult",
    "Group",
    "GroupKind",
    "Handover",
    "Invalidation",
    "InvalidationReason",
    "Kiosk",
    "KioskCode",
    "LadderRung",
    "Lesson",
    "LessonRead",
    "OldUnit",
    "OneTimeCode",
    "Page",
    "Pool",
    "Purpose",
    "Question",
    "QuestionKind",
    "QuestionVersion",
    "RequestKind",
    "RequestState",
    "Role",
    "Rollup",
    "RollupContent",
    "Round",
    "Session",
    "SmsMessage",
    "SmsState",
    "Snapshot",
    "StaffUnit",
    "Standing",
    "StandingMove",
    "Story",
    "StoryState",
    "Throttle",
    "Topic",
    "Unit",
    "UnitType",
    "VisitHour",
]
