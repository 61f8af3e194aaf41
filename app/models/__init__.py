"""Tables, one noun a file. Importing this package makes all of them known to the metadata."""

from app.models.account import Account, Role
from app.models.attempt import Attempt, AttemptState
from app.models.audit import AuditRecord
from app.models.certificate import Certificate
from app.models.consent import Channel, Consent, Purpose
from app.models.contest import Contest, Page, Round
from app.models.entry import Entry
from app.models.lesson import Lesson, LessonRead
from app.models.old_unit import OldUnit
from app.models.question import Pool, Question, QuestionKind, QuestionVersion
from app.models.session import Session
from app.models.standing import Standing
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
    "Certificate",
    "Channel",
    "Consent",
    "Contest",
    "Entry",
    "Lesson",
    "LessonRead",
    "OldUnit",
    "Page",
    "Pool",
    "Purpose",
    "Question",
    "QuestionKind",
    "QuestionVersion",
    "Role",
    "Round",
    "Session",
    "Standing",
    "Story",
    "StoryState",
    "Throttle",
    "Topic",
    "Unit",
    "UnitType",
    "VisitHour",
]
