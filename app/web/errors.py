"""Error pages: what happened, what to do. Their words stand in templates/errors."""

from flask import Flask, current_app, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import BadHost, HTTPException
from werkzeug.wrappers import Response

from app.extensions import db
from app.services.catalogue import NoContest
from app.web.doors import Door, ask_to_sign_in
from app.web.sign_in import is_signed_in

_PAGES = frozenset({400, 403, 404, 405, 409, 410, 413, 429, 500, 503})


def init_app(app: Flask) -> None:
    """Pages for everything that can go wrong."""
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(CSRFError, _no_token)
    app.register_error_handler(NoContest, _no_contest)


def _http_error(error: HTTPException) -> Response | HTTPException:
    code = error.code or 500
    if code >= 500:
        db.session.rollback()
    if isinstance(error, BadHost):  # no page can be made, for it would hold addresses
        return _plain("Tên máy chủ trong địa chỉ không đúng. Xem lại địa chỉ rồi thử lại.", code)
    if code not in _PAGES:
        return error
    try:
        response = make_response(render_template(f"errors/{code}.html"), code)
    except NoContest as fault:
        return _no_contest(fault)
    except SQLAlchemyError:  # the page's frame needs the contest: without a database words are left
        return _plain("Hệ thống gặp trục trặc. Hãy đợi một phút rồi thử lại.", 500)
    response.headers.extend((name, value) for name, value in error.get_headers() if name != "Content-Type")
    return response


def _no_token(error: CSRFError) -> Response | HTTPException:
    """A token goes with its session: who has lost both, behind a closed door, is asked to sign in."""
    view = current_app.view_functions.get(request.endpoint or "")
    if getattr(view, "door", Door.PUBLIC) is not Door.PUBLIC and not is_signed_in():
        return ask_to_sign_in()
    return _http_error(error)


def _no_contest(_error: NoContest) -> Response:
    """Before the first contest is loaded there is no name to put over a page."""
    return _plain("Chưa có cuộc thi nào được nạp. Người vận hành chạy: flask contest load", 503)


def _plain(words: str, code: int) -> Response:
    return Response(f"{words}\n", code, mimetype="text/plain")
