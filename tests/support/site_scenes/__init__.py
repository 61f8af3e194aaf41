"""Every page in every state worth it: the table that the camera of tests/support/site.py shows."""

from tests.support.site_scenes.account import ACCOUNT, DATA
from tests.support.site_scenes.deeds import DEEDS
from tests.support.site_scenes.desks import DESK, STAFF
from tests.support.site_scenes.kiosk import KIOSK
from tests.support.site_scenes.public import CLUSTERED, EMPTY, ERRORS, PUBLIC, ROUNDS, broken_pages
from tests.support.site_scenes.scene import Scene
from tests.support.site_scenes.steps import EXAM, REVEALED, SHARING

__all__ = ["CLUSTERED", "DEEDS", "EMPTY", "FURNISHED", "REVEALED", "ROUNDS", "Scene", "broken_pages"]

FURNISHED = [*PUBLIC, *ACCOUNT, *DATA, *EXAM, *SHARING, *DESK, *STAFF, *KIOSK, *ERRORS]
