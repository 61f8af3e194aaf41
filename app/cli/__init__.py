"""Commands of the operator: `flask --help`."""

from flask import Flask

from app.cli import contest, demo, exam, prepare, staff


def init_app(app: Flask) -> None:
    """Add the commands to `flask`."""
    app.cli.add_command(prepare.prepare)
    for group in (contest.cli, staff.cli, exam.cli, demo.cli):
        app.cli.add_command(group)
