"""Headers, cookies and where a POST may come from, all in one place."""

import secrets
from functools import lru_cache
from hmac import compare_digest

from flask import Flask, Response, abort, g, request, session
from flask.sessions import SecureCookieSessionInterface
from flask_wtf.csrf import CSRFProtect
from itsdangerous import URLSafeTimedSerializer
from werkzeug.middleware.proxy_fix import ProxyFix

from app.config import Settings

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class _Cookies(SecureCookieSessionInterface):
    """Flask's signed cookies. The same one comes with every save, so what was verified once is remembered: a quarter
    of what a page without words costs."""

    def __init__(self) -> None:
        self._serializer: URLSafeTimedSerializer | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """Flask's own, made once. A forged cookie raises and is not remembered; the session's row says when it ends."""
        if self._serializer is None and (made := super().get_signing_serializer(app)):
            made.loads = lru_cache(maxsize=4096)(made.loads)  # type: ignore[method-assign]  # Flask copies the result
            self._serializer = made
        return self._serializer


def csrf_token() -> str:
    """The session's secret, which every form that posts carries. Flask-WTF would sign it once more: that makes it three
    times as long, on sixteen lessons and in each save of a paper, and keeps out nobody who hasn't got it already."""
    if "csrf_token" not in session:
        session["csrf_token"] = secrets.token_urlsafe(16)
    return str(session["csrf_token"])


class _Tokens(CSRFProtect):
    """Flask-WTF's protection, with tokens of our own."""

    def protect(self, apply_exemptions: bool = False) -> None:
        """Refuse a POST whose token is missing or not this session's."""
        if request.method == "POST" and request.endpoint:
            token, secret = request.form.get("csrf_token"), session.get("csrf_token")
            if token and secret and compare_digest(token.encode(), secret.encode()):
                g.csrf_valid = True  # for forms that would look again
                return
        super().protect(apply_exemptions)  # tells what is wrong


def init_app(app: Flask, settings: Settings) -> None:
    """Cookie, CSRF, origin check, headers, and exactly the proxy hops that the operator told."""
    app.config.update(
        SESSION_COOKIE_NAME="__Host-lantoa" if settings.https else "lantoa",
        SESSION_COOKIE_SECURE=settings.https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",  # Strict would sign out people who come from a chat or a QR code
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=60 * 60 * 24 * 30,
        MAX_CONTENT_LENGTH=256 * 1024,
        WTF_CSRF_TIME_LIMIT=None,  # a form left open over lunch is still good
        WTF_CSRF_SSL_STRICT=False,  # a missing Referer is no attack; the origin check below is ours
    )
    app.session_interface = _Cookies()
    _Tokens(app)
    app.before_request(_refuse_foreign_posts)

    @app.after_request
    def headers(response: Response) -> Response:
        return add_headers(response, https=settings.https)

    if settings.proxy_hops:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign]


def _refuse_foreign_posts() -> None:
    if request.method in _SAFE:
        return
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        abort(403)
    origin = request.headers.get("Origin", "null")
    if origin != "null" and origin.partition("://")[2] != request.host:
        abort(403)


def add_headers(response: Response, *, https: bool) -> Response:
    """Headers of every response. A page that says nothing else about caching is personal: `no-store`."""
    headers = response.headers
    headers["X-Content-Type-Options"] = "nosniff"
    headers.setdefault("Cache-Control", "no-store")
    if https:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    # A part or a redirect is no document, and goes over the weakest line: an autosave, the way to the next lesson.
    if "HX-Request" in request.headers or response.location:
        headers["Content-Security-Policy"] = "default-src 'none'"
        return response
    headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
    headers["Referrer-Policy"] = "same-origin"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
    return response
