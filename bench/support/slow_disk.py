"""An emulated slow disk: processes started inside `slow_disk()` wait at each fsync and fdatasync."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent / "slow_disk.c"
_TRY = (
    "import os,tempfile,time\nf=tempfile.TemporaryFile()\nb=time.perf_counter()\n"
    "for _ in range(20): f.write(b'.'); f.flush(); os.fsync(f.fileno())\nprint((time.perf_counter()-b)*50)"
)


class NoSlowDisk(RuntimeError):
    """It cannot be emulated here; the text says why."""


@contextmanager
def slow_disk(milliseconds: float) -> Iterator[float]:
    """Yields what a flush now takes in ms, measured; 0 emulates nothing. Raises NoSlowDisk."""
    if not milliseconds:
        yield _flush_ms()
        return
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        raise NoSlowDisk("no C compiler: install gcc to emulate a slow disk")
    before = os.environ.get("LD_PRELOAD")
    with tempfile.TemporaryDirectory(prefix="lantoa-disk-", dir="/tmp") as folder:
        os.chmod(folder, 0o755)  # Postgres runs as another user
        library = f"{folder}/slow_disk.so"
        built = subprocess.run(
            [compiler, "-O2", "-shared", "-fPIC", "-o", library, str(SOURCE), "-ldl"], capture_output=True, text=True
        )
        if built.returncode:
            raise NoSlowDisk(built.stderr.strip())
        os.chmod(library, 0o755)
        os.environ |= {"LD_PRELOAD": library, "SLOW_DISK_US": str(round(milliseconds * 1000))}
        try:
            measured = _flush_ms()
            if measured < milliseconds:
                raise NoSlowDisk(f"a flush takes {measured:.2f} ms in spite of LD_PRELOAD")
            yield measured
        finally:
            del os.environ["LD_PRELOAD"], os.environ["SLOW_DISK_US"]
            if before is not None:
                os.environ["LD_PRELOAD"] = before


def _flush_ms() -> float:
    done = subprocess.run([sys.executable, "-c", _TRY], capture_output=True, text=True, check=True)
    return float(done.stdout)
