"""What pages of things to come ask of the records: which of the duties that a preview names are there already."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlmodel import Session

from campaign.records.tables.duties import duty_table as duty


def titles_of_duties(tx: Session, campaign_id: int, duty_ids: Sequence[int]) -> dict[int, str]:
    """By id; one that a preview only foresaw has a number of its copy, which is nobody's here, or another's: its title tells."""
    if not duty_ids:
        return {}
    rows = tx.execute(select(duty.c.id, duty.c.title).where(duty.c.id.in_(duty_ids), duty.c.campaign_id == campaign_id))
    return {row.id: row.title for row in rows}
