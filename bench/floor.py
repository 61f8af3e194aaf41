"""The floor: what a whole attempt costs with nothing around it, for bench/attempts to stand beside.

A bare Flask application under gunicorn's own threaded worker, on the portal's own tables: a signed cookie instead
of a session's row, the raw driver instead of SQLAlchemy, one Jinja template a page, padded to the portal's bytes and
packed as the portal packs. It runs the statements of a start, a paper, a save, a submit and a result as the portal
does, and nothing else: no CSRF, no headers, no reading of settings, no names of organisers.
"""

import fcntl
import gzip
import hashlib
import hmac
import json
import os
import random
import re
import secrets
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import psycopg
from flask import Flask, abort, redirect, request
from jinja2 import Environment
from markupsafe import Markup
from werkzeug.wrappers import Response

URL = os.environ.get("LANTOA_DATABASE_URL", "")
SQLITE = URL.startswith("sqlite")
KEY = os.environ.get("FLOOR_KEY", "").encode()
BYTES = {"paper": int(os.environ.get("FLOOR_PAPER", "0")), "result": int(os.environ.get("FLOOR_RESULT", "0"))}
LETTERS = "-BCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

PAPER = """<!doctype html>
<html lang="vi"><head><meta charset="utf-8"><title>Bài thi</title></head><body>
<form id="bai-thi" method="post" action="/thi/{{ attempt }}/nop" data-con="{{ left }}">
<input type="hidden" name="csrf_token" value="-"><input type="hidden" name="page" value="{{ page }}">
<input type="hidden" name="base" value="{{ base }}"><input type="hidden" name="count" value="20">
{% for q in questions %}
<fieldset class="question" id="q{{ loop.index }}"><legend>Câu {{ loop.index }}/20 {{ q.stem }}</legend>
{%- for value, label in q.options %}
<div class="option"><input type="{{ q.type }}" id="q{{ q.number }}-{{ loop.index }}" name="q{{ q.number }}" \
value="{{ value }}"{% if value in q.chosen %} checked{% endif %}>\
<label for="q{{ q.number }}-{{ loop.index }}">{{ label }}</label></div>
{%- endfor %}
</fieldset>
{% endfor %}
</form>{{ padding }}</body></html>"""
RESULT = """<!doctype html>
<html lang="vi"><head><meta charset="utf-8"><title>Kết quả</title></head><body>
<p>{{ correct }}/20, {{ seconds }} giây, hạng {{ place }} trên {{ total }}, {{ receipt }}</p>
<ul>{% for topic, right, asked in topics %}<li>{{ topic }}: {{ right }}/{{ asked }}</li>{% endfor %}</ul>
{{ padding }}</body></html>"""

OPEN = "SELECT id FROM attempts WHERE entry_id = :entry AND state = 'open'"
HISTORY = (
    "SELECT count(*), sum(CASE WHEN started_at >= :today THEN 1 ELSE 0 END), max(ended_at) FROM attempts"
    " WHERE entry_id = :entry AND round_id = :round"
)
LEARNT = "SELECT lesson_id FROM lesson_reads WHERE entry_id = :entry"
PAPERS = "SELECT paper FROM attempts WHERE entry_id = :entry"
EXTRA = "SELECT extra_minutes FROM entries WHERE id = :entry"
BEGIN_ATTEMPT = (
    "INSERT INTO attempts (entry_id, account_id, round_id, number, receipt, state, paper, answers, revision, saved_by,"
    " saved_number, started_at, deadline_at, closes_at, given_back) VALUES (:entry, :account, :round, :number,"
    " :receipt, 'open', :paper, :answers, 0, '', 0, :now, :deadline, :closes, 0) RETURNING id"
)
ATTEMPT = "SELECT paper, answers, revision, state, deadline_at, receipt, correct, time_used, entry_id FROM attempts"
ATTEMPT += " WHERE id = :attempt AND account_id = :account"
SAVE = (
    "UPDATE attempts SET answers = :answers, revision = revision + 1, saved_by = :page, saved_number = :number,"
    " saved_at = :now WHERE id = :attempt AND account_id = :account AND state = 'open' AND closes_at > :now"
    " AND length(answers) = length(:answers) AND (saved_by = :page AND saved_number < :number OR revision = :base)"
    " RETURNING answers, deadline_at"
)
LOCKED = "SELECT paper, state, started_at, entry_id, number FROM attempts WHERE id = :attempt AND account_id = :account"
END = (
    "UPDATE attempts SET state = 'submitted', answers = :answers, saved_at = :now, saved_by = :page, saved_number ="
    " :number, revision = revision + 1, ended_at = :now, correct = :correct, time_used = :used WHERE id = :attempt"
)
BEST = "SELECT rank_key FROM standings WHERE entry_id = :entry AND round_id = :round"
FINISHED = "UPDATE entries SET finished_at = coalesce(finished_at, :now) WHERE id = :entry"
FIRST = (
    "INSERT INTO standings (entry_id, round_id, unit_id, group_id, attempt_id, rank_key, correct, time_used,"
    " submitted_at, attempts, shown_key, shown_correct, shown_time_used, shown_submitted_at) SELECT id, :round,"
    " unit_id, group_id, :attempt, :key, :correct, :used, :now, 1, :key, :correct, :used, :now FROM entries"
    " WHERE id = :entry"
)
BETTER = (
    "UPDATE standings SET attempt_id = :attempt, rank_key = :key, correct = :correct, time_used = :used,"
    " submitted_at = :now, attempts = attempts + 1, shown_key = :key, shown_correct = :correct,"
    " shown_time_used = :used, shown_submitted_at = :now WHERE entry_id = :entry AND round_id = :round"
)
AGAIN = "UPDATE standings SET attempts = attempts + 1 WHERE entry_id = :entry AND round_id = :round"
AHEAD = "SELECT count(*) FROM standings WHERE round_id = :round AND rank_key < :key"
RANKED = "SELECT count(*) FROM standings WHERE round_id = :round"

_own = threading.local()
_turn = threading.Lock()


def cookie_of(account: int, entry: int, key: bytes = KEY) -> str:
    """The signed cookie of a contestant."""
    value = f"{account}.{entry}"
    return f"floor={value}.{hmac.new(key, value.encode(), hashlib.sha256).hexdigest()}"


def _who() -> tuple[int, int]:
    account, entry, _signature = request.cookies.get("floor", "0.0.").split(".")
    if not hmac.compare_digest(cookie_of(int(account), int(entry)), f"floor={request.cookies['floor']}"):
        abort(403)
    return int(account), int(entry)


def _line() -> Any:
    """This thread's connection, in autocommit."""
    if not hasattr(_own, "line"):
        if SQLITE:
            _own.line = sqlite3.connect(URL.removeprefix("sqlite:///"), isolation_level=None, timeout=10)
            _own.line.execute("PRAGMA journal_mode=WAL")
            _own.line.execute("PRAGMA synchronous=FULL")
            _own.turn = os.open(URL.removeprefix("sqlite:///") + ".turn", os.O_RDWR | os.O_CREAT, 0o600)
        else:
            _own.line = psycopg.connect(URL.replace("+psycopg", ""), autocommit=True)
    return _own.line


def _run(statement: str, **values: object) -> Sequence[Any]:
    if SQLITE:
        rows = _line().execute(statement, {k: _text(v) for k, v in values.items()})
    else:
        rows = _line().execute(_postgres(statement), values)
    found: Sequence[Any] = rows.fetchall() if rows.description else ()
    return found


@cache
def _postgres(statement: str) -> str:
    return re.sub(r":(\w+)", r"%(\1)s", statement)


def _text(value: object) -> object:
    return f"{value:%Y-%m-%d %H:%M:%S.%f}" if isinstance(value, datetime) else value


def _moment(value: Any) -> datetime:
    return datetime.fromisoformat(value).replace(tzinfo=UTC) if isinstance(value, str) else value


@contextmanager
def _pen() -> Iterator[None]:
    """The portal's fair queue for SQLite's one writer."""
    if not SQLITE:
        yield
        return
    _line()
    with _turn:
        fcntl.flock(_own.turn, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(_own.turn, fcntl.LOCK_UN)


@contextmanager
def _transaction() -> Iterator[None]:
    with _pen():
        _run("BEGIN IMMEDIATE" if SQLITE else "BEGIN")
        try:
            yield
            _run("COMMIT")
        except BaseException:
            _run("ROLLBACK")
            raise


def _read_bank() -> tuple[dict[int, Any], int]:
    """Questions by version, with topic and key, and the round: read once."""
    rows = _run(
        'SELECT v.id, q.topic_id, v.kind, v.stem, v.options, v."right" FROM question_versions v JOIN questions q'
        " ON q.id = v.question_id WHERE q.pool = 'exam'"
    )
    loads = json.loads if SQLITE else lambda value: value
    bank = {
        row[0]: (row[1], "checkbox" if row[2] == "several" else "radio", row[3], loads(row[4]), set(loads(row[5])))
        for row in rows
    }
    return bank, _run("SELECT min(id) FROM rounds")[0][0]


def _page(kind: str, **values: object) -> Response:
    """A page of the portal's size, packed as the portal packs."""
    page = TEMPLATES[kind].render(padding=_padding.get(kind, ""), **values)
    if kind not in _padding:  # the first one shows how much is missing
        line = '<p class="muted"><a href="/the-le">The le</a></p>'
        _padding[kind] = Markup(line * (max(0, BYTES[kind] - len(page.encode())) // len(line)))
        page = page.replace("</body>", _padding[kind] + "</body>")
    return Response(
        gzip.compress(page.encode(), 5, mtime=0), mimetype="text/html", headers={"Content-Encoding": "gzip"}
    )


app = Flask(__name__, static_folder=None)
TEMPLATES = {
    kind: Environment(autoescape=True).from_string(text) for kind, text in (("paper", PAPER), ("result", RESULT))
}
_padding: dict[str, str] = {}
_bank: dict[int, Any] = {}
_round = 0


@app.before_request
def know_the_bank() -> None:
    """Each worker reads it with its first request."""
    global _bank, _round
    if not _bank:
        _bank, _round = _read_bank()


@app.get("/healthz")
def healthz() -> str:
    """Up."""
    return "ok"


@app.post("/thi")
def start() -> Response:
    """A paper of five questions a topic."""
    account, entry = _who()
    now = datetime.now(UTC)
    with _transaction():
        if running := _run(OPEN, entry=entry):
            return redirect(f"/thi/{running[0][0]}", 303)
        _run(HISTORY, entry=entry, round=_round, today=now.replace(hour=0, minute=0, second=0, microsecond=0))
        _run(LEARNT, entry=entry)
        papers = _run(PAPERS, entry=entry)
        extra = _run(EXTRA, entry=entry)[0][0]
        paper = _draw()
        # The versions of a paper are marked as used; as in the portal no row is touched after the first papers.
        ids = ", ".join(item.split(".")[0] for item in paper.split())
        _run("UPDATE question_versions SET used = " + f"true WHERE id IN ({ids}) AND NOT used")
        deadline = now + timedelta(minutes=20 + extra)
        row = _run(
            BEGIN_ATTEMPT,
            entry=entry,
            account=account,
            round=_round,
            number=len(papers) + 1,
            receipt=secrets.token_hex(4),
            paper=paper,
            answers="-" * 20,
            now=now,
            deadline=deadline,
            closes=deadline + timedelta(seconds=120),
        )
    return redirect(f"/thi/{row[0][0]}", 303)


def _draw() -> str:
    shelves: dict[int, list[int]] = {}
    for version, question in _bank.items():
        shelves.setdefault(question[0], []).append(version)
    drawn = [version for shelf in shelves.values() for version in random.sample(shelf, 5)]
    random.shuffle(drawn)
    return " ".join(f"{v}.{''.join(map(str, random.sample(range(n), n)))}" for v in drawn for n in [len(_bank[v][3])])


def _chosen(letter: str) -> set[int]:
    mask = LETTERS.index(letter)
    return {place for place in range(6) if mask >> place & 1}


@app.get("/thi/<int:attempt>")
def paper(attempt: int) -> Response:
    """The paper."""
    account, _entry = _who()
    found = _run(ATTEMPT, attempt=attempt, account=account)
    if not found:
        abort(404)
    text, answers, base, _state, deadline, *_rest = found[0]
    questions = []
    for number, item in enumerate(text.split(), 1):
        version, order = item.split(".")
        _topic, kind, stem, options, _right = _bank[int(version)]
        shown = [(place, options[int(original)]) for place, original in enumerate(order)]
        chosen = _chosen(answers[number - 1])
        questions.append({"number": number, "type": kind, "stem": stem, "options": shown, "chosen": chosen})
    left = int((_moment(deadline) - datetime.now(UTC)).total_seconds())
    page = secrets.token_urlsafe(6)
    return _page("paper", attempt=attempt, questions=questions, base=base, page=page, left=left)


def _sheet() -> dict[str, Any]:
    form = request.form
    masks = (sum(1 << int(value) for value in form.getlist(f"q{n}")) for n in range(1, int(form["count"]) + 1))
    answers = "".join(LETTERS[mask] for mask in masks)
    return {"answers": answers, "page": form["page"], "number": int(form["number"])}


@app.post("/thi/<int:attempt>")
def save(attempt: int) -> Response:
    """One statement."""
    account, _entry = _who()
    now = datetime.now(UTC)
    with _pen():
        rows = _run(SAVE, attempt=attempt, account=account, now=now, base=int(request.form["base"]), **_sheet())
    if not rows:
        abort(409)
    answers, deadline = rows[0]
    left = int((_moment(deadline) - now).total_seconds())
    words = f"Đã lưu {20 - answers.count('-')}/20 câu lúc {now:%H:%M}"
    return Response(words, mimetype="text/html", headers={"HX-Trigger": f'{{"con":{left}}}'})


@app.post("/thi/<int:attempt>/nop")
def submit(attempt: int) -> Response:
    """Take, grade, rank."""
    account, _entry = _who()
    now, sheet = datetime.now(UTC), _sheet()
    with _transaction():
        text, state, started, entry, _number = _run(
            LOCKED + ("" if SQLITE else " FOR UPDATE"), attempt=attempt, account=account
        )[0]
        if state == "open":
            correct = sum(right for _topic, right in _marks(text, sheet["answers"]))
            used = int((now - _moment(started)).total_seconds())
            _run(END, attempt=attempt, now=now, correct=correct, used=used, **sheet)
            key = f"{9999 - correct:04d}{used:06d}{int(now.timestamp()) - 946684800:010d}"
            values = {"entry": entry, "round": _round}
            best = _run(BEST, **values)
            if not best:
                _run(FINISHED, entry=entry, now=now)
            if not best or key < best[0][0]:
                better = BETTER if best else FIRST
                _run(better, **values, attempt=attempt, key=key, correct=correct, used=used, now=now)
            else:
                _run(AGAIN, **values)
    return redirect(f"/thi/{attempt}/ket-qua", 303)


def _marks(text: str, answers: str) -> list[tuple[int, bool]]:
    marks = []
    for item, letter in zip(text.split(), answers, strict=True):
        version, order = item.split(".")
        topic, _kind, _stem, _options, right = _bank[int(version)]
        marks.append((topic, {int(order[place]) for place in _chosen(letter)} == right))
    return marks


@app.get("/thi/<int:attempt>/ket-qua")
def result(attempt: int) -> Response:
    """Count, place, topics."""
    account, _entry = _who()
    text, answers, _base, _state, _deadline, receipt, correct, used, entry = _run(
        ATTEMPT, attempt=attempt, account=account
    )[0]
    key = _run(BEST, entry=entry, round=_round)[0][0]
    ahead, total = _run(AHEAD, round=_round, key=key)[0][0], _run(RANKED, round=_round)[0][0]
    topics: dict[int, list[int]] = {}
    for topic, right in _marks(text, answers):
        count = topics.setdefault(topic, [0, 0])
        count[0] += right
        count[1] += 1
    lines = [(topic, right, asked) for topic, (right, asked) in topics.items()]
    return _page("result", correct=correct, seconds=used, place=ahead + 1, total=total, receipt=receipt, topics=lines)
