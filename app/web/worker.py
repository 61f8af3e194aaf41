"""gunicorn's threaded worker, in which a request takes a thread only when all of it is here.

gunicorn gives every readable connection to one of its threads, which then waits: for the rest of the request, for a
desk, for the interpreter. With many threads that is dear (docs/adr/0010), and who sends half a request keeps one for
as long as they like (0009). Here the loop that sees a connection become readable looks at what has arrived, without
taking it. What is not whole stays in the kernel and costs no thread; a whole request waits in the queue of the desks'
own threads. gunicorn's threads are left to requests that are refused anyway.

Whoever at a desk is going to wait for something slow (a hash, a phone that doesn't take its reply) is relieved by a new
thread; their own ends with the request.
"""

import re
import select
import selectors
import socket
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from functools import partial
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

from gunicorn.workers.gthread import TConn, ThreadWorker

from app.web import desks

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

READ_SECONDS = 20.0  # within which a request arrives whole, and a new connection sends its first
_FIRST_LOOK = 16 * 1024  # nearly all requests are shorter
_HEAD_MOST = 64 * 1024
_WHOLE_MOST = 384 * 1024  # more than MAX_CONTENT_LENGTH (app/web/security.py)
_LENGTH = re.compile(rb"(?i)\r\ncontent-length:[ \t]*(\d{1,9})[ \t]*\r\n")
_CHUNKED = re.compile(rb"(?i)\r\ntransfer-encoding:")


def lacking(arrived: bytes) -> int | None:
    """How many bytes a request still lacks, at least; None when nobody knows, or waits for so many."""
    end = arrived.find(b"\r\n\r\n")
    if end < 0:
        return 1 if len(arrived) < _HEAD_MOST else None
    length = _LENGTH.search(arrived, 0, end + 2)
    whole = end + 4 + (int(length[1]) if length else 0)
    if whole > _WHOLE_MOST or _CHUNKED.search(arrived, 0, end + 2):
        return None
    return max(0, whole - len(arrived))


class DeskWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """As the module says; tests/test_worker.py holds the version of gunicorn that it was written for."""

    def init_process(self) -> None:
        """Sit down at the desks, then serve."""
        self._whole: SimpleQueue[TConn] = SimpleQueue()
        for _ in range(desks.DESKS):
            self._sit_down()
        super().init_process()

    def load_wsgi(self) -> None:
        """The application, with an eye on who takes no reply."""
        super().load_wsgi()
        self.wsgi: WSGIApplication = _relieved_before_a_long_reply(self.wsgi)

    def enqueue_req(self, conn: TConn) -> None:
        """A connection is new, or has something to read: on with it, or let it wait for the rest."""
        if self.cfg.is_ssl:  # nobody can tell what is whole
            super().enqueue_req(conn)
            return
        conn.looked_at, conn.data_ready = -1, True
        if go := self._whither(conn):
            go(conn)
            return
        conn.timeout = time.monotonic() + READ_SECONDS  # gunicorn closes it then
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._on_more, conn))

    def _on_more(self, conn: TConn, sock: socket.socket) -> None:
        if go := self._whither(conn):
            self.poller.unregister(sock)
            self.pending_conns.remove(conn)
            if conn.looked_at > 0:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, 1)
            go(conn)

    def _whither(self, conn: TConn) -> Callable[[TConn], None] | None:
        """Where a connection goes with what has arrived; None: it waits for more."""
        try:
            arrived = _peek(conn.sock)
        except OSError:
            return self._hang_up
        read_before = conn.parser.unreader.buf.getvalue() if conn.parser else b""
        if arrived == b"" and not read_before:
            return self._hang_up  # a kept-alive connection that the browser closed
        here = len(arrived or b"")
        missing = lacking(read_before + (arrived or b""))
        if missing == 0:
            return self._whole.put
        if missing is None or here == conn.looked_at:  # readable, and no more has come: it was cut
            return super().enqueue_req  # type: ignore[no-any-return]
        conn.looked_at = here
        if here:  # the loop is woken when there is more, not as long as there is something
            conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, here + missing)
        return None

    def _cap_keepalive(self, deadline: float) -> None:
        """A worker that stops lets nobody keep it who has not sent a whole request."""
        for conn in [*self.keepalived_conns, *self.pending_conns]:
            conn.timeout = min(conn.timeout, deadline)

    def _hang_up(self, conn: TConn) -> None:
        self.nr_conns -= 1
        conn.close()

    def _sit_down(self) -> None:
        threading.Thread(target=self._work, name="desk", daemon=True).start()

    def _work(self) -> None:
        desks.sit_down(relief=self._sit_down)
        while desks.is_seated():
            conn, done = self._whole.get(), Future[Any]()
            try:
                done.set_result(self.handle(conn))
            except BaseException as fault:  # as a pool's thread does: the loop closes the connection
                done.set_exception(fault)
            kept_alive = not done.exception() and done.result()
            if kept_alive and self.alive and not conn.parser.unreader.buf.getvalue():
                self.finish_request(conn, done)  # the loop need not wake to wait for the next one
            else:
                self.method_queue.defer(self.finish_request, conn, done)


def _peek(sock: socket.socket) -> bytes | None:
    """What has arrived, left where it is; empty when the other side has closed, None when nothing came yet."""
    flags = socket.MSG_PEEK | socket.MSG_DONTWAIT
    try:
        arrived = sock.recv(_FIRST_LOOK, flags)
        return arrived if len(arrived) < _FIRST_LOOK else sock.recv(_WHOLE_MOST, flags)
    except BlockingIOError:
        return None


def _relieved_before_a_long_reply(inner: "WSGIApplication") -> "WSGIApplication":
    """A reply that the kernel may not take at once waits for the other side; no desk waits with it."""

    def wsgi(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        sock: socket.socket = environ["gunicorn.socket"]
        body = inner(environ, start_response)
        length = start_response.__self__.response_length  # type: ignore[attr-defined]  # gunicorn's Response
        if length is None or length > sock.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF) // 4 or _is_full(sock):
            desks.relieve()
        return body

    return wsgi


def _is_full(sock: socket.socket) -> bool:
    """Whether earlier replies still fill the better part of what the kernel keeps for this line."""
    poll = select.poll()
    poll.register(sock, select.POLLOUT)
    return not poll.poll(0)
