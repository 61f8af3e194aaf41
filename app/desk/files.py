"""Lists as files: read without the pen, whole on disk before a slow line takes its time, kept by no browser."""

from collections.abc import Callable
from tempfile import TemporaryFile
from typing import IO

from flask import Response, send_file

from app.extensions import reading
from app.services.spreadsheets import MIMETYPES, FileKind


def sheet(write: Callable[[IO[bytes]], object], *, kind: FileKind, name: str) -> Response:
    """What `write` puts into an open binary file, to be saved under this name."""
    file = TemporaryFile()  # noqa: SIM115  the response closes it, when the last byte is sent
    with reading():
        write(file)
    file.seek(0)
    response = send_file(file, mimetype=MIMETYPES[kind], as_attachment=True, download_name=name)
    response.headers["Cache-Control"] = "no-store"  # send_file says no-cache, which keeps a copy
    return response
