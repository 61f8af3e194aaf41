"""A form that was cut on its way changes nothing: half a paper is not a paper with half its answers taken back."""

import io
from urllib.parse import urlencode

import pytest
from werkzeug.test import TestResponse

from app.models import AttemptState
from tests.rooms.exam.conftest import Running

TICKED = {f"q{n}": "1" for n in range(1, 9)}


def send(running: Running, path: str, body: bytes, arrived: int) -> TestResponse:
    """The first `arrived` bytes of a form, as gunicorn hands them on when the line breaks behind them."""
    return running.visitor.client.post(
        path,
        input_stream=io.BytesIO(body[:arrived]),
        content_type="application/x-www-form-urlencoded",
        environ_overrides={"CONTENT_LENGTH": str(len(body)), "wsgi.input_terminated": True},
    )


@pytest.mark.parametrize("deed", ["", "/nop"])
@pytest.mark.parametrize("behind", ["&q1=1", "&q5=1"])
def test_a_form_cut_on_its_way_is_refused(running: Running, deed: str, behind: str) -> None:
    running.visitor.submit("Lưu và xem thời gian", **TICKED)
    saved = running.row()
    body = urlencode(running.sheet(number="1"), doseq=True).encode()
    arrived = body.index(behind.encode()) + len(behind)
    assert send(running, running.paper + deed, body, arrived).status_code == 400
    row = running.row()
    assert (row.answers, row.revision, row.state) == (saved.answers, 1, AttemptState.OPEN)


def test_the_same_form_whole_is_taken(running: Running) -> None:
    body = urlencode(running.sheet(number="1", **TICKED), doseq=True).encode()
    assert send(running, running.paper, body, len(body)).status_code == 303
    assert running.chosen() == [frozenset({1})] * 8
