"""Words of the desk that are derived from what the services tell."""

from typing import Any

from app.models import Attempt, AttemptState, Certificate, Story, StoryState
from app.rules.contest import StoryKind
from app.services.catalogue import Catalogue
from app.services.certify import Progress
from app.services.my_attempts import MyAttempt
from app.web.formatters import duration, moment

_KINDS = {StoryKind.SLOGAN: "Khẩu hiệu", StoryKind.MESSAGE: "Thông điệp", StoryKind.STORY: "Câu chuyện thật"}
