"""Moving what a unit owes to its successors, row by row where an origin names the unit.

An origin ends in `unit:CODE` (a series' occurrence has its period behind it); the moved duty gets the successor's code there, so that the
next launch of the plan recognises it. Where the successor has a duty of that origin already, one of the two goes on and no origin is used
twice: when the moved one goes on, the two exchange their origins.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import delete, select, update
from sqlmodel import Session

from campaign.records.planning.registry import duties_by_origin
from campaign.records.statements import among, table_of
from campaign.records.tables import Body, Campaign, Duty, DutyRequest, DutyState, Finding, ItemUnit, NoticeLine, Series, Unit, UnitAlias
from campaign.records.tables.duties import UNFINISHED
from campaign.records.tables.duties import duty_table as duty

_unit, _alias, _part, _series, _finding, _campaign, _request, _body, _line = (
    table_of(model) for model in (Unit, UnitAlias, ItemUnit, Series, Finding, Campaign, DutyRequest, Body, NoticeLine)
)
_after = _unit.alias("after")
_GOES_ON = (
    select(_unit.c.id, _after.c.id.label("heir"))
    .join(_after, _after.c.id == _unit.c.successor_id)
    .where(among(_unit.c.id), _unit.c.state != "active", _after.c.state == "active")
)
RANK = {"lead": 0, "responsible": 1, "supporting": 2}


def drop_alias(tx: Session, name: str) -> None:
    tx.execute(delete(_alias).where(_alias.c.name == name))


def unit_named(tx: Session, name: str) -> Unit | None:
    """The unit of exactly this name, merged and abolished ones too."""
    return tx.execute(select(Unit).where(_unit.c.name == name)).scalar_one_or_none()


def goes_on_as(tx: Session, unit_ids: Collection[int]) -> dict[int, int]:
    """Unit → who goes on with what it was, where that is another one that is not over itself."""
    return {row.id: row.heir for row in tx.execute(_GOES_ON, {"b_ids": unit_ids})}


def office_of(tx: Session, unit: Unit) -> str | None:
    """The running campaign whose office this unit is."""
    found: str | None = tx.execute(
        select(_campaign.c.title).where(_campaign.c.office_unit_id == unit.id, _campaign.c.state == "launched").limit(1)
    ).scalar_one_or_none()
    return found


def unfinished_duties(tx: Session, unit: Unit, *, only_look: bool = False) -> list[Duty]:
    """As they are now, kept from everybody else until the transaction ends; `only_look` keeps them from nobody."""
    rows = select(Duty).where(duty.c.unit_id == unit.id, duty.c.state.in_(UNFINISHED)).order_by(duty.c.id)
    if not only_look:
        rows = rows.with_for_update()
    return list(tx.execute(rows.execution_options(populate_existing=True)).scalars())


def growing_of(tx: Session, unit: Unit) -> list[Series]:
    return list(tx.execute(select(Series).where(_series.c.unit_id == unit.id, _series.c.state == "active").order_by(_series.c.id)).scalars())


def titles_of(tx: Session, campaign_ids: Collection[int]) -> dict[int, str]:
    return {row.id: row.title for row in tx.execute(select(_campaign.c.id, _campaign.c.title).where(_campaign.c.id.in_(sorted(campaign_ids))))}


def twins_of(tx: Session, duties: Sequence[Duty], unit: Unit, heirs: Mapping[int, Unit]) -> dict[int, Duty]:
    """Duty → its heir's own duty of the same matter."""
    wanted: dict[tuple[int, str], int] = {}
    for one in duties:
        origin = recoded(one.origin, unit, heirs[one.id])
        if origin != one.origin:
            wanted[one.campaign_id, origin] = one.id
    found: dict[int, Duty] = {}
    for campaign_id in sorted({campaign_id for campaign_id, _ in wanted}):
        campaign = tx.get_one(Campaign, campaign_id)
        for origin, twin in duties_by_origin(tx, campaign, [origin for known, origin in wanted if known == campaign_id]).items():
            found[wanted[campaign_id, origin]] = twin
    return found


def take_over(tx: Session, one: Duty, unit: Unit, heir: Unit, twin: Duty | None, series: Mapping[int, int]) -> None:
    """The duty goes on with the heir; a twin that ends meanwhile gets its old origin. `series` says which series goes on for which."""
    old, new = one.origin, recoded(one.origin, unit, heir)
    if twin is not None:
        twin.origin = f"~{twin.id}"
        tx.add(twin)
        tx.flush()
    one.unit_id, one.origin = heir.id, new
    if one.series_id is not None:
        one.series_id = series.get(one.series_id, one.series_id)
    tx.add(one)
    if twin is not None:
        tx.flush()
        twin.origin = old
        tx.add(twin)
        tx.flush()


def recoded(origin: str, unit: Unit, into: Unit) -> str:
    return re.sub(rf"(?<=unit:){re.escape(unit.code)}(?=/|$)", into.code, origin)


def move_series(tx: Session, row: Series, unit: Unit, heir: Unit) -> int:
    """The id of the series that goes on: the heir's own where it grows, else this one under the heir's code."""
    origin, old = recoded(row.origin, unit, heir), row.origin
    same: Series | None = tx.execute(
        select(Series).where(_series.c.campaign_id == row.campaign_id, _series.c.origin == origin, _series.c.id != row.id)
    ).scalar_one_or_none()
    if same is not None and same.state == "active":
        row.state, row.next_on = "ended", None
        tx.add(row)
        tx.flush()
        return same.id
    if same is not None:
        same.origin = f"~{same.id}"
        tx.add(same)
        tx.flush()
    row.unit_id, row.origin = heir.id, origin
    tx.add(row)
    tx.flush()
    if same is not None:
        same.origin = old
        tx.add(same)
        tx.flush()
    return row.id


def end_growing(tx: Session, unit: Unit) -> None:
    tx.execute(update(_series).where(_series.c.unit_id == unit.id, _series.c.state == "active").values(state="ended", next_on=None))


def move_parts(tx: Session, unit: Unit, into: Unit) -> None:
    """Where both had a part in an item, the successor keeps the higher one."""
    for row in tx.execute(select(_part).where(_part.c.unit_id == unit.id)).all():
        move_part(tx, row.item_id, unit, [into], stays=False)


def move_part(tx: Session, item_id: int, unit: Unit, heirs: Sequence[Unit], *, stays: bool) -> None:
    """The first heir gets the unit's part, the others are responsible; one that `stays` keeps its own."""
    roles = {row.unit_id: row.role for row in tx.execute(select(_part.c.unit_id, _part.c.role).where(_part.c.item_id == item_id))}
    role = roles.get(unit.id)
    if role is None:
        return
    if not stays:
        tx.execute(delete(_part).where(_part.c.item_id == item_id, _part.c.unit_id == unit.id))
    for place, heir in enumerate(heirs):
        gets = "responsible" if role == "lead" and (place or stays) else role
        known = roles.get(heir.id)
        if known is None:
            tx.execute(_part.insert().values(item_id=item_id, unit_id=heir.id, role=gets))
        elif RANK[gets] < RANK[known]:
            tx.execute(update(_part).where(_part.c.item_id == item_id, _part.c.unit_id == heir.id).values(role=gets))


def move_findings(tx: Session, moved: Mapping[int, Unit]) -> None:
    """Open problems go with their rectification: finding → heir."""
    for finding_id, heir in moved.items():
        tx.execute(update(_finding).where(_finding.c.id == finding_id, _finding.c.state.in_(("rectifying", "rechecking"))).values(unit_id=heir.id))


def place_below(tx: Session, unit: Unit, into: Unit) -> None:
    """The unit that is over stands below its successor, so that whoever reaches the successor still reaches what it has done and received."""
    tx.execute(update(_unit).where(_unit.c.id == into.id, _unit.c.parent_id == unit.id).values(parent_id=unit.parent_id))
    tx.execute(update(_unit).where(_unit.c.parent_id == unit.id, _unit.c.id != into.id).values(parent_id=into.id))
    tx.execute(update(_unit).where(_unit.c.id == unit.id).values(parent_id=into.id))
    tx.execute(update(_unit).where(_unit.c.successor_id == unit.id).values(successor_id=into.id))  # who went into it before goes on with it
    running = select(_campaign.c.id).where(_campaign.c.state == "launched")
    tx.execute(update(_body).where(_body.c.unit_id == unit.id, _body.c.campaign_id.in_(running)).values(unit_id=into.id))
    for changed in (unit, into):
        tx.refresh(changed)


def close_requests(tx: Session, duty_ids: Sequence[int], why: str) -> list[int]:
    """What was asked about duties that end is asked no more; answers the office's duties to answer."""
    if not duty_ids:
        return []
    rows = update(_request).where(_request.c.duty_id.in_(duty_ids), _request.c.state == "open").values(state="withdrawn", decision=why[:500])
    origins = [f"decide:request:{request_id}" for request_id in tx.execute(rows.returning(_request.c.id)).scalars()]
    asked = select(duty.c.id).where(duty.c.origin.in_(origins), duty.c.state.in_(UNFINISHED))
    return list(tx.execute(asked).scalars()) if origins else []


def listed_on(tx: Session, notice_ids: Collection[int]) -> dict[int, list[int]]:
    """Paper → the unfinished duties that it lists."""
    found: dict[int, list[int]] = {}
    rows = select(_line.c.notice_id, _line.c.duty_id).join(duty, duty.c.id == _line.c.duty_id)
    for row in tx.execute(rows.where(_line.c.notice_id.in_(sorted(notice_ids)), duty.c.state.in_(UNFINISHED)).order_by(_line.c.id)):
        found.setdefault(row.notice_id, []).append(row.duty_id)
    return found


def is_dead(twin: Duty) -> bool:
    """Ended without having been done: the other one's work is still owed."""
    return twin.state in (DutyState.CANCELLED, DutyState.WAIVED)
