"""Writing the items and duties of a plan, the first time and again: what should be is compared with what is, by origin.

New → created. Deadline moved → a new revision. No longer asked for → cancelled with its reason. Finished duties are never touched.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, select

from campaign.records.duty.duties import DutyDraft, RungClock, create_duties, finish, start_revision
from campaign.records.planning import registry
from campaign.records.tables import Campaign, Duty, DutyState, Item, ItemUnit, Phase
from campaign.records.tables.duties import UNFINISHED
from campaign.rules.calendar import campaign_day, due_on
from campaign.work.by import By
from campaign.work.papers.changes import because, in_words
from campaign.work.people.roll import Units
from campaign.work.planning.blueprint import Blueprint, ItemPlan
from campaign.work.planning.calendar_change import settle_drafts
from campaign.work.planning.materials import enter_materials
from campaign.work.planning.mechanisms import enter_mechanisms
from campaign.work.planning.phases import keeps_its_day
from campaign.work.planning.plan_duties import item_duties, owing, standing_duties
from campaign.work.running.series import NO_LONGER_ASKED, enter_series, follow_recurrence, trim_series


@dataclass
class Applied:
    created: list[int] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    told: dict[int, str] = field(default_factory=dict)
    """What to say to units, by duty."""
    wanted: set[str] = field(default_factory=set)
    series: set[str] = field(default_factory=set)


PLANNED = ("item:", "receipt:", "selfcheck:", "summary:", "letter:")


def apply_items(
    tx: Session, campaign: Campaign, phases: dict[str, Phase], plan: Blueprint, units: Units, by: By, *, still: frozenset[str] = frozenset()
) -> Applied:
    """`still` are the keys of items whose duties keep their days."""
    done = Applied()
    periods = {series.id: series.recurrence for series in registry.series_of(tx, campaign)}
    _enter_items(tx, campaign, phases, plan, done)
    items = registry.items_of(tx, campaign)
    _enter_parts(tx, {item.key: item for item in items}, plan, units, done)
    parts = registry.parts_of(tx, campaign)
    engaged = {part.unit_id: part for item in items if item.state == "active" for part in owing(parts.get(item.id or 0, ()))}
    units_engaged = sorted(engaged.values(), key=lambda part: part.code)
    going_on = {key: phase for key, phase in phases.items() if key in {one.key for one in plan.phases} or phase.opened_at is not None}
    drafts = settle_drafts(tx, campaign, _wanted_duties(tx, campaign, going_on, items, parts, campaign_day(by.now), done.series))
    letters, series = enter_mechanisms(tx, campaign, list(going_on.values()), plan.spec, units_engaged, campaign_day(by.now))
    drafts += letters
    for phase in going_on.values():
        drafts += standing_duties(campaign, phase, units_engaged)
    done.series |= series
    kept = {item.id for item in items if item.key in still}
    done.wanted = {draft.origin for draft in drafts}
    known = registry.duties_by_origin(tx, campaign, [draft.origin for draft in drafts]) if campaign_has_duties(tx, campaign) else {}
    done.changed = [told for draft in drafts if draft.origin in known for told in _follow(tx, known[draft.origin], draft, by, done, keep=draft.item_id in kept)]
    done.changed += follow_recurrence(tx, campaign, periods, by)
    done.created = create_duties(tx, [draft for draft in drafts if draft.origin not in known], by.now, RungClock(tx, campaign.calendar))
    return done


def campaign_has_duties(tx: Session, campaign: Campaign) -> bool:
    return tx.execute(select(Duty.id).where(Duty.campaign_id == campaign.id).limit(1)).first() is not None


def _wanted_duties(
    tx: Session, campaign: Campaign, phases: dict[str, Phase], items: list[Item], parts: dict[int, list[registry.Part]], today: date, series: set[str]
) -> list[DutyDraft]:
    """Every duty that the active items ask for, by records alone; series make their own, and are entered here."""
    by_id = {phase.id: phase for phase in phases.values()}
    requirements = registry.requirements_of(tx, campaign)
    drafts: list[DutyDraft] = []
    for item in items:
        if item.state == "active" and item.phase_id in by_id and item.id is not None:
            drafts += item_duties(campaign, by_id[item.phase_id], item, parts.get(item.id, ()), requirements.get(item.id, ()))
            series |= set(enter_series(tx, campaign, by_id[item.phase_id], item, parts.get(item.id, ()), today))
    return drafts


def close_the_removed(tx: Session, campaign: Campaign, phases: dict[str, Phase], plan: Blueprint, applied: Applied, by: By) -> list[str]:
    """Cancel what the new plan no longer asks for: phases not begun, items that are gone, units that are out, and their series."""
    told = []
    for phase in phases.values():
        if phase.key not in {one.key for one in plan.phases} and phase.state == "planned":
            phase.state, phase.closed_at = "closed", by.now
            told.append(f"取消阶段「{phase.name}」")
    dropped = set(registry.drop_series(tx, campaign, applied.series))
    told += trim_series(tx, campaign, by)
    for duty in registry.unfinished_of(tx, campaign):
        planned = duty.series_id in dropped if duty.series_id is not None else duty.origin.startswith(PLANNED) and duty.origin not in applied.wanted
        if planned:
            finish(tx, duty, DutyState.CANCELLED, by.now, f"{NO_LONGER_ASKED}{f'：{by.reason}' if by.reason else ''}"[:300])
            told.append(f"取消「{duty.title}」（#{duty.id}）")
            applied.told[duty.id] = because("方案调整，不再办理", by.reason)
    return told


def _enter_items(tx: Session, campaign: Campaign, phases: dict[str, Phase], plan: Blueprint, done: Applied) -> None:
    """Items made equal to the plan, by key. New ones are inserted as rows: a table class takes a millisecond to make, and there may be thousands."""
    rows = {item.key: item for item in registry.items_of(tx, campaign)}
    gone = {key: row for key, row in rows.items() if key not in {item.key for item in plan.items}}
    fresh = []
    for item in plan.items:
        columns = _item_columns(phases[item.phase_key], item)
        if item.key in rows:
            for name, value in columns.items():
                if getattr(rows[item.key], name) != value:
                    setattr(rows[item.key], name, value)
        else:
            fresh.append({"campaign_id": campaign.id, "key": item.key, **columns})
            _ask_if_reworded(item, gone, done)
    for row in gone.values():
        row.state = "removed"
    tx.flush()
    registry.add_rows(tx, Item, fresh)


def _item_columns(phase: Phase, item: ItemPlan) -> dict[str, Any]:
    spec = item.spec
    return {
        "phase_id": phase.id, "number": spec.number, "line": spec.line, "title": spec.title[:300], "text": spec.text, "recipient": spec.recipient,
        "indicator": spec.indicator, "deadline": spec.deadline, "due_at": item.due_at, "due_source": "own" if item.due_at else "phase",
        "event_name": item.event, "recurrence": spec.recurrence.model_dump(mode="json") if spec.recurrence else None,
        "targets": [target.model_dump(mode="json") for target in spec.targets], "required": spec.required, "signed": spec.signed, "state": "active",
    }  # fmt: skip


def _enter_parts(tx: Session, rows: dict[str, Item], plan: Blueprint, units: Units, done: Applied) -> None:
    """Units and required materials of each item, made equal to the plan."""
    keys = {rows[item.key].id: item for item in plan.items}
    registry.clear_parts(tx, [item_id for item_id in keys if item_id is not None])
    known = registry.requirement_rows(tx, list(keys))
    parts = []
    for item_id, item in keys.items():
        roles: dict[int, str] = {}
        for names, role in (((item.lead,), "lead"), (item.responsible, "responsible"), (item.supporting, "supporting")):
            for name in names:
                for unit in units.by_name[name][: 1 if role == "lead" else None]:
                    roles.setdefault(unit.id or 0, role)
        parts += [{"item_id": item_id, "unit_id": unit_id, "role": role} for unit_id, role in roles.items()]
    registry.add_rows(tx, ItemUnit, parts)
    enter_materials(tx, [(item_id or 0, item, known.get(item_id or 0, [])) for item_id, item in keys.items()], done.asked)
    tx.flush()


def _follow(tx: Session, duty: Duty, draft: DutyDraft, by: By, done: Applied, *, keep: bool = False) -> list[str]:
    """Bring a duty to what the plan now says. What is finished stays, but for what an earlier version of the plan had cancelled."""
    if duty.state == DutyState.CANCELLED and (duty.closed_reason or "").startswith(NO_LONGER_ASKED):
        return [_ask_again(tx, duty, draft)]
    if duty.state not in UNFINISHED:
        return []
    duty.title, duty.required, duty.phase_id = draft.title[:300], draft.required, draft.phase_id
    told = []
    if duty.state == DutyState.WAITING and draft.event_name != duty.event_name and not (draft.event_name and duty.due_source == "event"):
        _date_anew(duty, draft)
        told.append(f"「{duty.title}」（#{duty.id}）期限：{f'等待{draft.event_name}' if draft.event_name else _day(draft.due_at)}")
    elif not keep and draft.due_at is not None and draft.due_at != duty.due_at and not _keeps_its_own(tx, duty, draft.due_at, draft.due_source):
        told.append(f"「{duty.title}」（#{duty.id}）期限：{_day(duty.due_at)} → {_day(draft.due_at)}")
        done.told[duty.id] = because(f"方案调整，期限由{in_words(duty.due_at)}改为{in_words(draft.due_at)}", by.reason)
        if duty.state == DutyState.WAITING:
            _date_anew(duty, draft)
        elif duty.state != DutyState.SUBMITTED:
            start_revision(tx, duty, due_at=draft.due_at, now=by.now, state=DutyState(duty.state), source=draft.due_source)
        else:
            duty.due_at = draft.due_at
    tx.add(duty)
    tx.flush()
    return told


def _keeps_its_own(tx: Session, duty: Duty, due_at: datetime, source: str) -> bool:
    """An extension or the grace of a return is not taken back by a plan that says something shorter, nor a chosen day by one that names none."""
    if duty.due_source in ("extended", "returned"):
        return duty.due_at is not None and due_at <= duty.due_at
    return source in ("phase", "campaign") and keeps_its_day(duty, tx.get_one(Phase, duty.phase_id), due_at)


def _date_anew(duty: Duty, draft: DutyDraft) -> None:
    duty.due_at = duty.first_due_at = draft.due_at
    duty.due_source, duty.event_name, duty.event_days = draft.due_source, draft.event_name, draft.event_days


def _ask_again(tx: Session, duty: Duty, draft: DutyDraft) -> str:
    """It waits for its phase's next pass, as a new duty would; the rung it had reached stays its floor."""
    duty.state, duty.finished_at, duty.closed_reason = DutyState.WAITING, None, None
    duty.title, duty.required, duty.phase_id = draft.title[:300], draft.required, draft.phase_id
    duty.floor_rung, duty.rung, duty.revision = max(duty.floor_rung, duty.rung), 0, duty.revision + 1
    _date_anew(duty, draft)
    tx.add(duty)
    tx.flush()
    return f"恢复「{duty.title}」（#{duty.id}）"


def _day(due_at: datetime | None) -> str:
    return due_on(due_at).isoformat() if due_at else "未定"


def _ask_if_reworded(item: ItemPlan, gone: dict[str, Item], done: Applied) -> None:
    """A new key where an old item of the same number has gone may be the same matter in other words: say so, do not guess."""
    for row in gone.values():
        if row.state == "active" and row.number and row.number == item.spec.number and row.title != item.spec.title:
            done.asked.append(f"「{item.spec.title}」可能是「{row.title}」改写而来：如是同一事项，请在方案文件中为它写上 key: {row.key}，以免取消后重建")
