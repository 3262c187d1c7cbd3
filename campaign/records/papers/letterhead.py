"""In whose name a campaign's papers go out: the issuer of numbers, the name below the text, and how units stand to the office.

Owns where these are kept (the campaign's settings: `issuer`, `signatory`, `relations`) and what holds where nothing was set.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from campaign.records.statements import among, table_of
from campaign.records.tables import Body, Campaign
from campaign.rules.papers import Relation, relation_of

ISSUER, SIGNATORY = "创办", "领导小组办公室"
_campaign, _body = table_of(Campaign), table_of(Body)
_group = select(_body.c.name).where(_body.c.campaign_id == _campaign.c.id, _body.c.kind == "leading_group").order_by(_body.c.id).limit(1)
_HEADS = select(_campaign.c.id, _campaign.c.settings, _group.scalar_subquery().label("group")).where(among(_campaign.c.id))


@dataclass(frozen=True, slots=True)
class Letterhead:
    issuer: str = ISSUER
    signatory: str = SIGNATORY
    relations: Mapping[str, str] = field(default_factory=dict)

    def relation(self, name: str, kind: str | None, *, external: bool) -> Relation:
        return relation_of(name, kind, external=external, chosen=self.relations)


def letterheads(tx: Session, campaign_ids: Iterable[int]) -> dict[int, Letterhead]:
    rows = tx.execute(_HEADS, {"b_ids": sorted(set(campaign_ids))})
    return {row.id: _read(row.settings, row.group) for row in rows}


def keep_letterhead(campaign: Campaign, *, issuer: str | None = None, signatory: str | None = None, relations: Mapping[str, str] | None = None) -> Letterhead:
    """Change what is given and leave the rest; the caller adds the campaign to its transaction."""
    known = _read(campaign.settings, None).relations
    given: dict[str, Any] = {"issuer": issuer, "signatory": signatory, "relations": {**known, **relations} if relations else None}
    campaign.settings = campaign.settings | {name: value for name, value in given.items() if value}
    return _read(campaign.settings, None)


def _read(settings: Mapping[str, Any], group: str | None) -> Letterhead:
    relations = settings.get("relations")
    return Letterhead(
        str(settings.get("issuer") or ISSUER),
        str(settings.get("signatory") or (f"{group}办公室" if group else SIGNATORY)),
        {str(name): str(word) for name, word in relations.items()} if isinstance(relations, dict) else {},
    )
