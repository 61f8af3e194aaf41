"""How gunicorn serves the portal."""

import subprocess
import sys

from gunicorn.config import Config

from tests.support.served import ROOT

_READY = """
import app.extensions, gc, runpy, sys
runpy.run_path("gunicorn.conf.py")["when_ready"](None)
print(gc.get_freeze_count() > 10_000, "xhtml2pdf" in sys.modules)
"""


def test_what_all_workers_need_is_there_before_they_are_forked() -> None:
    done = subprocess.run([sys.executable, "-c", _READY], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout == "True True\n", done.stderr
    assert "when_ready" in Config().settings  # a hook by another name is passed over without a word
