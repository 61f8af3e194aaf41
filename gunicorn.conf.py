"""How gunicorn serves the portal: `make run` reads it, and so does any service of the operator's.

Two workers that work on four requests each were fastest on two cores; more of either, or gevent, were slower.
"""

import gc
import importlib
import os
import socket
import sys
from typing import Any


def _whole(name: str, default: int, most: int) -> int:
    """The environment's whole number between 1 and `most`; anything else stops the start with one line."""
    raw = os.environ.get(name) or str(default)
    if not raw.isascii() or not raw.isdigit() or not 1 <= int(raw) <= most:
        sys.exit(f"{name}={raw!r}: expected a whole number from 1 to {most}")
    return int(raw)


_host = os.environ.get("LANTOA_BIND") or "0.0.0.0"  # noqa: S104  phones on the same network must reach `make run`
_port = _whole("PORT", 8000, 65535)

bind = f"[{_host}]:{_port}" if ":" in _host else f"{_host}:{_port}"
worker_class = "app.web.worker.DeskWorker"  # gthread, in which only whole requests take a thread
workers = _whole("WEB_CONCURRENCY", 2, 64)
threads = 4  # for requests that are refused anyway; the others have threads of their own (app/web/worker.py)
umask = 0o077  # the database beside the keys is nobody else's to read
preload_app = True
reuse_port = True  # else one worker may take a whole burst
control_socket_disable = True  # gunicorn 27 opens one in the home directory otherwise
graceful_timeout = 10
max_requests = 0  # memory stays flat; a restart in the middle of an exam hour helps nobody
forwarded_allow_ips = "127.0.0.1"  # exactly one proxy, on this machine
accesslog = os.environ.get("LANTOA_ACCESS_LOG") or None  # a path, or "-" for standard output
errorlog = "-"


def on_starting(server: Any) -> None:
    """Refuse a taken port: with SO_REUSEPORT two portals would share it without a word."""
    if os.environ.get("GUNICORN_FD"):  # an upgrade in place (USR2): the old master still listens, on purpose
        return
    try:
        family, kind, _, _, address = socket.getaddrinfo(_host, _port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # connections that just ended don't count
            probe.bind(address)
    except OSError as error:
        sys.exit(f"Cannot listen on {bind}: {error.strerror}. Choose another PORT or LANTOA_BIND.")


def when_ready(server: Any) -> None:
    """What all workers need is loaded once, and no collector walks through it: pages that nobody writes stay shared.

    60 people through all six steps: 276 MB for master and two workers without this, 227 with it.
    """
    if "app.extensions" in sys.modules:  # it is the portal that is served
        importlib.import_module("app.services.certificate_press")  # 25 MB, else once in each worker
    gc.collect()
    gc.freeze()


def post_fork(server: Any, worker: Any) -> None:
    """A database connection opened while the application was loaded belongs to the master: forget it, unclosed.

    Then let this process keep the public figures and pages ready.
    """
    extensions = sys.modules.get("app.extensions")
    if extensions is None:
        return
    app = worker.app.wsgi()
    with app.app_context():
        for engine in (*extensions.db.engines.values(), app.extensions["direct"][0]):
            engine.dispose(close=False)
    app.extensions["keeper"].start()


def worker_exit(server: Any, worker: Any) -> None:
    """Write down the visits this worker has counted since its last flush."""
    visits = sys.modules.get("app.web.visits")  # not loaded: nothing was counted here
    if visits is not None:
        with worker.app.wsgi().app_context():
            visits.flush()
