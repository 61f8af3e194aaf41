"""What stands in the log: never a citizen number or a phone, whatever a fault carries in its words."""

import logging
import re

from flask import Flask
from flask.logging import default_handler

_NUMBER = re.compile(r"\+?\d{9,}")
_LINE = "[%(asctime)s] %(levelname)s in %(module)s: %(message)s"  # as Flask writes it


class WithoutNumbers(logging.Formatter):
    """A line and its traceback with all long numbers taken out: a database names the row that it refuses."""

    def format(self, record: logging.LogRecord) -> str:
        """The whole text of a record."""
        return _NUMBER.sub("•••", super().format(record))


def init_app(_app: Flask) -> None:
    """For the application's own logger, and for those that no handler was given to."""
    default_handler.setFormatter(WithoutNumbers(_LINE))
    if logging.lastResort is not None:
        logging.lastResort.setFormatter(WithoutNumbers())
