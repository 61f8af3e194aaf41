"""Commands of the operator: `flask --help`."""

from flask import Flask

from app.cli import final_result  # noqa: F401  hangs itself on `ranking`
from app.cli.account import cli as account
from app.cli.contest import cli as contest
from app.cli.demo import cli as demo
from app.cli.exam import cli as exam
from app.cli.keys import cli as keys
from app.cli.kiosk import cli as kiosk
from app.cli.prepare import prepare
from app.cli.privacy import cli as privacy
from app.cli.ranking import cli as ranking
from app.cli.sms import cli as sms
from app.cli.staff import cli as staff


def init_app(app: Flask) -> None:
    """Add the commands to `flask`."""
    for command in (prepare, contest, staff, account, exam, ranking, sms, keys, privacy, kiosk, demo):
        app.cli.add_command(command)
