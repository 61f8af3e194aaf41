"""What registering means on a kiosk: it is counted, and there is a most for a day."""

from app.models import Entry
from app.services.kiosks import STOP_A_DAY, is_stopped, note_registration
from app.web.kiosk import this_kiosk
from app.web.portal import catalogue, now

STOPPED = f"Hôm nay máy này đã đăng ký {STOP_A_DAY} người nên tạm dừng. Nhờ cán bộ cho đăng ký tiếp."


def stopped_words() -> str:
    """What is said before anybody types; nothing as long as one may register."""
    kiosk = this_kiosk()
    return STOPPED if kiosk and is_stopped(kiosk_id=kiosk.id, zone=catalogue().rules.zone, now=now()) else ""


def count_at_kiosk(entry: Entry, *, officer_id: int | None = None) -> None:
    """Count somebody who has just been registered here, in the same transaction. Raises KioskStopped."""
    kiosk = this_kiosk()
    if kiosk:
        note_registration(entry, kiosk_id=kiosk.id, officer_id=officer_id, zone=catalogue().rules.zone, now=now())
