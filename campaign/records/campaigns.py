"""Finding a campaign, phase, unit or duty by what a person typed; the nearest are offered when nothing fits."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from sqlalchemy import bindparam, func, select
from sqlmodel import Session

from campaign.errors import NotFound
from campaign.records.statements import table_of
from campaign.records.tables import Campaign, Duty, Phase, Unit, UnitAlias

LONGEST_NUMBER = 18
"""Digits: above that a number is no row's, and SQLite refuses to be asked for it."""

_campaign, _phase, _duty, _unit, _alias = (table_of(model) for model in (Campaign, Phase, Duty, Unit, UnitAlias))

# Built once: every pass asks them.
_BY_SLUG = select(Campaign).where(_campaign.c.slug == bindparam("b_slug"))
_PHASES = select(Phase).where(_phase.c.campaign_id == bindparam("b_campaign")).order_by(_phase.c.number)


def find_campaign(tx: Session, slug: str) -> Campaign:
    """By slug, or by its title; a slug may carry 「 · title」 behind it, as the selects of Prefect's form show it."""
    wanted = slug.split(" · ", 1)[0].strip()
    found: Campaign | None = tx.execute(_BY_SLUG, {"b_slug": wanted}).scalar_one_or_none()
    if found is None:
        named = tx.execute(select(Campaign).where(_campaign.c.title == wanted, _campaign.c.state != "discarded").order_by(_campaign.c.slug)).scalars().all()
        if len(named) > 1:
            slugs = "、".join(row.slug for row in named)
            raise NotFound(f"有 {len(named)} 个创建活动都叫「{wanted}」：请用代号（{slugs}）。", code="ambiguous_campaign", asked=wanted)
        found = named[0] if named else None
    if found is None:
        rows = tx.execute(select(_campaign.c.slug, _campaign.c.title).where(_campaign.c.state != "discarded").order_by(_campaign.c.slug)).all()
        raise NotFound(
            f"没有名为「{wanted}」的创建活动。{_offer(wanted, [row.slug for row in rows] + [row.title for row in rows])}", code="no_campaign", asked=wanted
        )
    return found


def list_campaigns(tx: Session, *, discarded: bool = False) -> list[Campaign]:
    """In the order of their launch."""
    rows = select(Campaign) if discarded else select(Campaign).where(_campaign.c.state != "discarded")
    return list(tx.execute(rows.order_by(_campaign.c.id)).scalars())


def find_phase(tx: Session, campaign: Campaign, wanted: str) -> Phase:
    """By number, key or name, never by kind: a plan may have two phases of one kind."""
    wanted = wanted.split(" · ", 1)[0].strip()
    wanted = str(int(wanted)) if wanted.isdecimal() and not wanted.isascii() else wanted  # typed with full-width digits
    phases: list[Phase] = list(tx.execute(_PHASES, {"b_campaign": campaign.id}).scalars())
    for written in ([str(phase.number) for phase in phases], [phase.key for phase in phases], [phase.name for phase in phases]):
        same = [phase for phase, words in zip(phases, written, strict=True) if words == wanted]
        if len(same) == 1:
            return same[0]
        if same:
            numbers = "、".join(str(phase.number) for phase in same)
            raise NotFound(f"「{campaign.title}」有 {len(same)} 个阶段都叫「{wanted}」：请用编号（{numbers}）。", code="ambiguous_phase", asked=wanted)
    near = [phase for phase in phases if wanted and wanted in phase.name]
    if len(near) == 1:
        return near[0]
    names = "、".join(f"{phase.number} {phase.name}（{phase.key}）" for phase in phases)
    fact = f"「{wanted}」符合多个阶段" if near else f"「{campaign.title}」没有阶段「{wanted}」"
    raise NotFound(f"{fact}：请用编号、key 或全名。现有阶段：{names}。", code="no_phase", asked=wanted)


def find_duty(tx: Session, wanted: str | int) -> Duty:
    """By id, or by its origin when that is unique."""
    text = str(wanted).lstrip("#").strip()
    number = row_number(text)
    duty = tx.get(Duty, number) if number is not None else None
    if duty is None and number is None:
        rows = tx.execute(select(Duty).where(_duty.c.origin == text).limit(2)).scalars().all()
        if len(rows) > 1:
            raise NotFound(f"有多项应办事项的来源是「{text}」：请用编号。", code="ambiguous_duty", asked=text)
        duty = rows[0] if rows else None
    if duty is None:
        raise NotFound(f"没有应办事项「{text}」（{_near_duties(tx, text)}）。用 campaign duties 查看清单。", code="no_duty", asked=text)
    return duty


def row_number(text: str) -> int | None:
    """The number of a row as it is typed, in full-width digits too; None for what no table can have."""
    return int(text) if text.isdecimal() and len(text) <= LONGEST_NUMBER else None


def _near_duties(tx: Session, text: str) -> str:
    """What a person may have meant: the range of numbers, or duties whose title or origin holds the words."""
    top = tx.execute(select(func.max(_duty.c.id))).scalar_one()
    if not top:
        return "还没有任何应办事项，请先启动创建活动"
    if text.isdecimal():
        return f"编号从 1 到 {top}"
    alike = _duty.c.title.contains(text, autoescape=True) | _duty.c.origin.contains(text, autoescape=True)
    rows = select(_duty.c.id, _duty.c.title, _unit.c.name).join(_unit, _unit.c.id == _duty.c.unit_id).where(alike).order_by(_duty.c.id).limit(3)
    offered = "；".join(f"#{row.id} {row.name}“{row.title}”" for row in tx.execute(rows))
    return f"是否要找：{offered}？请用编号" if offered else f"请用编号，从 1 到 {top}"


def find_unit(tx: Session, wanted: str) -> Unit | None:
    """By code, name or alias; a unit that is over answers with its successor."""
    unit = tx.execute(select(Unit).where((_unit.c.name == wanted) | (_unit.c.code == wanted))).scalars().first()
    if unit is None:
        unit = tx.execute(select(Unit).join(_alias, _alias.c.unit_id == _unit.c.id).where(_alias.c.name == wanted)).scalars().first()
    seen = set()
    while unit is not None and unit.state != "active" and unit.successor_id is not None and unit.id not in seen:
        seen.add(unit.id)
        unit = tx.get(Unit, unit.successor_id)
    return unit


def need_unit(tx: Session, wanted: str) -> Unit:
    unit = find_unit(tx, wanted)
    if unit is None:
        names = tx.execute(select(_unit.c.name)).scalars().all()
        raise NotFound(f"没有单位「{wanted}」。{_offer(wanted, names)}", code="no_unit", asked=wanted)
    return unit


def _offer(wanted: str, known: Iterable[str]) -> str:
    known = list(dict.fromkeys(known))
    near = difflib.get_close_matches(wanted, known, n=3, cutoff=0.3) or known[:5]
    return f"是否要找：{'、'.join(near)}？" if near else "目前还没有记录。"
