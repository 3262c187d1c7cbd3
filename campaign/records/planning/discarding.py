"""Undoing a launch in the records: whether somebody was told already, and ending everything of a campaign in a few statements."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, or_, select, update
from sqlmodel import Session

from campaign.records.statements import table_of
from campaign.records.tables import Body, Campaign, Delivery, DutyState, Event, Item, ItemUnit, Notice, Phase, PortalGrant, Post, Series, Unit, UnitAlias
from campaign.records.tables.duties import UNFINISHED
from campaign.records.tables.duties import duty_table as duty

_notice, _delivery, _series, _phase = table_of(Notice), table_of(Delivery), table_of(Series), table_of(Phase)
_event, _unit, _alias, _item, _part = (table_of(model) for model in (Event, Unit, UnitAlias, Item, ItemUnit))
_campaign, _body, _post, _grant = (table_of(model) for model in (Campaign, Body, Post, PortalGrant))


def first_sending(tx: Session, campaign: Campaign) -> int | None:
    """The first notice that went out or may have: one that was claimed for sending counts, as nobody knows how far it got."""
    gone = _delivery.c.state.in_(("delivered", "sending")) | (_delivery.c.attempts > 0)
    rows = select(_notice.c.id).join(_delivery, _delivery.c.notice_id == _notice.c.id).where(_notice.c.campaign_id == campaign.id, gone)
    found: int | None = tx.execute(rows.order_by(_notice.c.id).limit(1)).scalar_one_or_none()
    return found


def cancel_duties(tx: Session, campaign: Campaign, now: datetime, reason: str) -> int:
    chosen = (duty.c.campaign_id == campaign.id) & duty.c.state.in_(UNFINISHED)
    ended = tx.execute(
        update(duty).where(chosen).values(state=DutyState.CANCELLED, next_rung_at=None, finished_at=now, closed_reason=reason[:300]).returning(duty.c.id)
    )
    return len(ended.all())


def withdraw_papers(tx: Session, campaign: Campaign, reason: str) -> None:
    papers = select(_notice.c.id).where(_notice.c.campaign_id == campaign.id)
    tx.execute(update(_delivery).where(_delivery.c.notice_id.in_(papers), _delivery.c.state == "pending").values(state="cancelled", next_attempt_at=None))
    waiting = (_notice.c.campaign_id == campaign.id) & _notice.c.state.in_(("open", "draft", "issued"))
    tx.execute(update(_notice).where(waiting).values(state="withdrawn", closed_reason=reason[:300]))


def stop_series_and_phases(tx: Session, campaign: Campaign, now: datetime) -> None:
    tx.execute(update(_series).where(_series.c.campaign_id == campaign.id, _series.c.state == "active").values(state="ended", next_on=None))
    tx.execute(update(_phase).where(_phase.c.campaign_id == campaign.id, _phase.c.state != "closed").values(state="closed", closed_at=now, next_pass_at=None))


def units_made_by(tx: Session, campaign: Campaign) -> list[int]:
    """Units that the launch of this campaign entered, and those that its changed plans did."""
    told = tx.execute(select(_event.c.detail).where(_event.c.campaign_id == campaign.id, _event.c.verb.in_(("launch", "replan")))).scalars()
    return sorted({int(unit_id) for detail in told for unit_id in detail.get("units", ())})


def take_off_the_roll(tx: Session, campaign: Campaign, unit_ids: list[int]) -> list[str]:
    """End those of these units that nobody else uses, and give their names free; answers the names.

    The rows stay, for the cancelled duties of the campaign name them.
    """
    other = campaign.id
    used = select(_unit.c.id).where(
        _unit.c.id.in_(unit_ids),
        or_(
            _unit.c.id.in_(select(duty.c.unit_id).where(duty.c.campaign_id != other)),
            _unit.c.id.in_(select(_series.c.unit_id).where(_series.c.campaign_id != other)),
            _unit.c.id.in_(select(_notice.c.unit_id).where(_notice.c.campaign_id != other)),
            _unit.c.id.in_(select(_part.c.unit_id).join(_item, _item.c.id == _part.c.item_id).where(_item.c.campaign_id != other)),
            _unit.c.id.in_(select(_campaign.c.office_unit_id).where(_campaign.c.id != other)),
            _unit.c.id.in_(select(_body.c.unit_id).where(_body.c.campaign_id != other, _body.c.unit_id.is_not(None))),
            _unit.c.id.in_(select(_post.c.unit_id)),
            _unit.c.id.in_(select(_grant.c.unit_id).where(_grant.c.unit_id.is_not(None))),
        ),
    )
    keep = set(tx.execute(used).scalars())
    above = {row.id: row.parent_id for row in tx.execute(select(_unit.c.id, _unit.c.parent_id).where(_unit.c.state == "active"))}
    for unit_id in [one for one in above if one in keep or one not in unit_ids]:
        while (parent := above.get(unit_id)) is not None and parent not in keep:  # what stands above a unit in use is in use
            keep.add(parent)
            unit_id = parent
    names = []
    for row in tx.execute(select(_unit.c.id, _unit.c.name, _unit.c.code).where(_unit.c.id.in_(unit_ids), _unit.c.state == "active").order_by(_unit.c.id)).all():
        if row.id not in keep:
            tx.execute(delete(_alias).where(_alias.c.unit_id == row.id))
            tx.execute(update(_unit).where(_unit.c.id == row.id).values(state="abolished", name=f"{row.name[:90]}（撤销启动，编号 {row.code}）"))
            names.append(row.name)
    return names
