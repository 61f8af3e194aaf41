"""A bank that lost a question: said at once by the command after which nobody can start any more."""

import click

from app.services.catalogue import Catalogue


def tell_shortages(catalogue: Catalogue) -> None:
    """On stderr, what the bank lacks for a paper and what to do; nothing when it lacks nothing."""
    if not catalogue.shortages:
        return
    click.echo("Cảnh báo: ngân hàng thiếu câu hỏi, chưa ai bắt đầu được lượt thi mới.", err=True)
    for short in catalogue.shortages:
        shelf = f"exam.quota.{short.topic}, {short.difficulty}"
        click.echo(f"  {shelf}: cần {short.wanted} câu, chỉ còn {short.held} câu.", err=True)
    click.echo("Thêm câu hỏi vào gói, hoặc giảm số câu ở contest.toml, rồi chạy: flask contest load", err=True)
