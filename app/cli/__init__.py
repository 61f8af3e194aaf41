"""Commands of the operator: `flask --help`."""

from flask import Flask

from app.cli.account import cli as account
from app.cli.contest import cli as contest
from app.cli.demo import cli as demo
from app.cli.exam import cli as exam
from app.cli.prepare import prepare
from app.cli.staff import cli as staff


def init_app(app: Flask) -> None:
    """Add the commands to `flask`."""
    for command in (prepare, contest, staff, account, exam, demo):
        app.cli.add_command(command)
