"""请假: who is away from when to when, and who stands in. Nothing is moved; whoever sends finds the deputy on the day."""

from __future__ import annotations

from datetime import date

from sqlmodel import Session

from campaign.errors import CampaignError, Conflict, NotFound
from campaign.records.log import write_event
from campaign.records.people import addressing
from campaign.records.tables import Person, Unit
from campaign.rules.calendar import campaign_day
from campaign.work.by import By


def take_leave(tx: Session, unit: Unit, name: str, from_on: date, to_on: date, by: By, *, deputy: str | None = None) -> tuple[Person, Person | None]:
    """Answers who is away and who stands in. Without a deputy the others of that post are told, and with nobody else the person all the same."""
    if to_on < from_on:
        raise CampaignError(f"结束日期 {to_on} 早于开始日期 {from_on}。", code="backwards")
    if to_on < campaign_day(by.now):
        raise CampaignError(f"{to_on} 已经过去，不用登记。", code="past")
    person = _one(tx, unit, name, by)
    stand_in = _one(tx, unit, deputy, by) if deputy else None
    if stand_in is not None and stand_in.id == person.id:
        raise CampaignError("代理人不能是本人。", code="same_person")
    if stand_in is not None and not (stand_in.phone or stand_in.email or stand_in.account):
        raise CampaignError(f"代理人「{stand_in.name}」没有登记手机、邮箱或账号，收不到消息：请先在名册里补登。", code="no_address")
    assert person.id is not None
    addressing.enter_absence(tx, person.id, stand_in.id if stand_in else None, from_on, to_on, by.actor)
    write_event(tx, at=by.now, actor=by.actor, verb="take_leave", reason=by.reason, subject="unit", subject_id=unit.id,
                detail={"person": person.name, "deputy": stand_in.name if stand_in else None, "from": str(from_on), "to": str(to_on)})  # fmt: skip
    return person, stand_in


def _one(tx: Session, unit: Unit, name: str, by: By) -> Person:
    found = addressing.persons_named(tx, unit, name.strip(), campaign_day(by.now))
    if not found:
        raise NotFound(f"名册里没有现任的「{name}」：请先用 campaign units import 登记。", code="no_person", asked=name)
    if len(found) > 1:
        raise Conflict(f"有几位「{name}」：请在名册里区分姓名后再登记。", code="ambiguous_person", asked=name)
    return found[0]
