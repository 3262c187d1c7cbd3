"""`campaign plan check`."""

from __future__ import annotations

import click


@click.command()
@click.argument("plan", metavar="PLAN.yaml")
def check(plan: str) -> None:
    click.echo(plan)
