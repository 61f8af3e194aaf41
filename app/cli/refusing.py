"""What a deed refuses, told to the operator in a sentence."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import click
from flask.cli import AppGroup

from app.extensions import db
from app.services.catalogue import NoContest


@contextmanager
def refusing(words: Mapping[type[Exception], str]) -> Iterator[None]:
    """Each of these exceptions inside ends the command with its words; what was written is taken back."""
    try:
        yield
    except tuple(words) as refused:
        db.session.rollback()
        raise click.ClickException(next(said for kind, said in words.items() if isinstance(refused, kind))) from None


class ContestGroup(AppGroup):
    """Commands about the contest that is in use; in a portal that has none they say what to do."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except NoContest:
            raise click.ClickException("Chưa có cuộc thi nào đang dùng: hãy chạy flask prepare trước.") from None
