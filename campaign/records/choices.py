"""The running campaigns with their phases, as lists to choose from show them."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import select
from sqlmodel import Session

from campaign.records.statements import table_of
from campaign.records.tables import Campaign, Phase


class RunningPhase(NamedTuple):
    slug: str
    title: str
    key: str
    name: str
    kind: str


def running_phases(tx: Session) -> list[RunningPhase]:
    """By slug, then in the order of the plan."""
    campaign, phase = table_of(Campaign), table_of(Phase)
    rows = tx.execute(
        select(campaign.c.slug, campaign.c.title, phase.c.key, phase.c.name, phase.c.kind)
        .join_from(campaign, phase, phase.c.campaign_id == campaign.c.id)
        .where(campaign.c.state == "launched")
        .order_by(campaign.c.slug, phase.c.number)
    )
    return [RunningPhase(*row) for row in rows]
