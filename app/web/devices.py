"""The browser that asks: a coarse word for it, and the cookie by which it is known again."""

from flask import request
from werkzeug.wrappers import Response

from app.services.known_device import Device, read_device
from app.web.kiosk import on_kiosk
from app.web.portal import settings

_HALF_A_YEAR = 60 * 60 * 24 * 182
# The first that is found in the User-Agent; Android's tablets leave out "Mobile".
_WORDS = (
    (("iPhone",), "iPhone"),
    (("iPad",), "iPad"),
    (("Android", "Mobile"), "Điện thoại Android"),
    (("Android",), "Máy tính bảng Android"),
    (("Windows",), "Máy tính Windows"),
    (("CrOS",), "Máy tính Chromebook"),
    (("Macintosh",), "Máy tính Mac"),
    (("Linux",), "Máy tính Linux"),
    (("Mobile",), "Điện thoại khác"),
)


def device_word() -> str:
    """`Điện thoại Android`: enough to know one's own, not enough to tell a person by it."""
    if on_kiosk():
        return "Kiosk"
    agent = request.user_agent.string
    return next((word for signs, word in _WORDS if all(sign in agent for sign in signs)), "Thiết bị khác")


def _cookie() -> str:
    return "__Host-lantoa-may" if settings().https else "lantoa-may"


def sent_device() -> Device:
    """What this browser is known for."""
    return read_device(request.cookies.get(_cookie()))


def keep_device(response: Response, device: Device) -> Response:
    """Know this browser again, unless it is everybody's. Signing out leaves the cookie: it opens nothing."""
    if on_kiosk():
        return response
    response.set_cookie(
        _cookie(), str(device), max_age=_HALF_A_YEAR, httponly=True, samesite="Lax", secure=settings().https
    )
    return response


def address() -> str:
    """The client's address, through the proxy hops that the operator told."""
    return request.remote_addr or ""
