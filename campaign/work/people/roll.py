"""The roll of units and the organisation of a campaign, as a launch finds or makes them.

A name of a class (各社区、各街道) stands for every registered unit of that kind; while there is none, it is entered as one unit of that
name, and the launch says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlmodel import Session, select

from campaign.errors import BadPlan
from campaign.plan.spec import PlanSpec
from campaign.records.campaigns import find_unit
from campaign.records.tables import Body, BodyMember, Campaign, Unit, UnitAlias
from campaign.work.planning.blueprint import Blueprint

CLASS = re.compile(r"^(?:各级|各个|各|全体|所有|每个)(?P<kind>.{2,12}?)(?:单位)?$")


@dataclass
class Units:
    """Names to units; a class name answers with several."""

    office: Unit
    by_name: dict[str, tuple[Unit, ...]]
    made: list[int]
    """Those that this launch entered: undoing it takes them off the roll again."""

    def one(self, name: str) -> Unit:
        return self.by_name[name][0]


def enter_units(tx: Session, plan: Blueprint, created: list[str]) -> Units:
    """Find each named unit, creating what is missing; `created` gets the names of the new ones."""
    register = _Register(tx, created)
    for unit in plan.spec.units:
        row = register.find(unit.name) or register.add(unit.name, kind=unit.kind, code=unit.code, told=False)
        row.kind = unit.kind or row.kind
        if unit.parent:
            row.parent_id = (register.find(unit.parent) or register.add(unit.parent, told=False)).id
        for alias in unit.aliases:
            if tx.get(UnitAlias, alias) is None and find_unit(tx, alias) is None:
                tx.add(UnitAlias(name=alias, unit_id=row.id))
    tx.flush()
    names = {name for item in plan.items for name in (item.lead, *item.responsible, *item.supporting)}
    by_name = {name: register.resolve(name) for name in sorted(names)}
    office = register.find(plan.office) or register.add(plan.office, kind="创建办")
    _refuse_abolished(by_name | {plan.office: (office,)})
    return Units(office, by_name, register.made)


def _refuse_abolished(by_name: Mapping[str, tuple[Unit, ...]]) -> None:
    """A unit that ended without one successor cannot owe anything new; who goes on with which item stands in the plan, not here."""
    gone = sorted(name for name, found in by_name.items() if any(unit.state != "active" for unit in found))
    if gone:
        raise BadPlan(f"方案里的「{'」「'.join(gone[:10])}」已撤销，且没有唯一的承接单位：请在方案文件里改写为承接的单位后再启动。", code="unit_over")


class _Register:
    def __init__(self, tx: Session, created: list[str]) -> None:
        self._tx, self._created = tx, created
        self.made: list[int] = []
        codes = tx.execute(select(Unit.code)).scalars()
        self._last = max((int(code[1:]) for code in codes if re.fullmatch(r"U\d+", code)), default=0)

    def find(self, name: str) -> Unit | None:
        return find_unit(self._tx, name)

    def resolve(self, name: str) -> tuple[Unit, ...]:
        row = self.find(name)
        if row is not None:
            return (row,)
        collective = CLASS.match(name)
        if collective:
            kind = collective["kind"]
            members = (
                self._tx.execute(select(Unit).where(Unit.state == "active", (Unit.kind == kind) | Unit.name.endswith(kind)).order_by(Unit.code)).scalars().all()
            )
            if members:
                return tuple(members)
        return (self.add(name, kind="类别" if collective else None),)

    def add(self, name: str, *, kind: str | None = None, code: str | None = None, told: bool = True) -> Unit:
        self._last += 1
        row = Unit(code=code or f"U{self._last:03}", name=name[:120], kind=kind)
        self._tx.add(row)
        self._tx.flush()
        self.made.append(row.id)
        if told:
            self._created.append(row.name)
        return row


def enter_organisation(tx: Session, campaign: Campaign, spec: PlanSpec, units: Units) -> None:
    """Leading group, office and work groups with their members, by name or else by position."""
    organisation = spec.organisation
    group = _body(tx, campaign, "leading_group", organisation.name or "领导小组", None)
    _members(tx, group, "head", (person.name or person.position for person in organisation.head))
    _members(tx, group, "deputy", (person.name or person.position for person in organisation.deputies))
    _members(tx, group, "member", organisation.members)
    office = _body(tx, campaign, "office", units.office.name, units.office.id)
    if organisation.office and organisation.office.director:
        _members(tx, office, "director", (organisation.office.director,))
    for work_group in organisation.groups:
        lead_unit = find_unit(tx, work_group.lead_unit) if work_group.lead_unit else None
        body = _body(tx, campaign, "work_group", work_group.name, lead_unit.id if lead_unit else None)
        _members(tx, body, "lead", (work_group.lead,))
        _members(tx, body, "member", work_group.members)


def _body(tx: Session, campaign: Campaign, kind: str, name: str, unit_id: int | None) -> Body:
    row = Body(campaign_id=campaign.id, kind=kind, name=name[:120], unit_id=unit_id)
    tx.add(row)
    tx.flush()
    return row


def _members(tx: Session, body: Body, role: str, names: Iterable[str | None]) -> None:
    for name in dict.fromkeys(name[:120] for name in names if name):
        tx.add(BodyMember(body_id=body.id, role=role, name=name))
    tx.flush()
