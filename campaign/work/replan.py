"""Writing the items and duties of a plan, the first time and again: what should be is compared with what is, by origin.

New → created. Deadline moved → a new revision. No longer asked for → cancelled with its reason. Finished duties are never touched.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlmodel import Session, select

from campaign.records import registry
from campaign.records.duties import DutyDraft, RungClock, create_duties, finish, start_revision
from campaign.records.tables import Campaign, Duty, DutyState, Item, ItemUnit, Phase, Requirement
from campaign.records.tables.duties import UNFINISHED
from campaign.rules.calendar import due_on
from campaign.work.blueprint import Blueprint, ItemPlan
from campaign.work.by import By
from campaign.work.mechanisms import enter_mechanisms
from campaign.work.plan_duties import item_duties, owing, standing_duties
from campaign.work.roll import Units
from campaign.work.series import enter_series


@dataclass
class Applied:
    created: list[int] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)


def apply_items(tx: Session, campaign: Campaign, phases: dict[str, Phase], plan: Blueprint, units: Units, by: By) -> Applied:
    done = Applied()
    rows = {item.key: item for item in registry.items_of(tx, campaign)}
    for item in plan.items:
        if item.key not in rows and rows:
            _ask_if_reworded(item, plan, rows, done)
        rows[item.key] = _enter_item(tx, campaign, phases[item.phase_key], item, rows.get(item.key))
    tx.flush()
    _enter_parts(tx, rows, plan, units)
    drafts = wanted_duties(tx, campaign, phases) + enter_mechanisms(tx, campaign, list(phases.values()), plan.spec)
    known = registry.duties_by_origin(tx, campaign, [draft.origin for draft in drafts]) if campaign_has_duties(tx, campaign) else {}
    done.changed = [told for draft in drafts if draft.origin in known for told in _follow(tx, known[draft.origin], draft, by)]
    done.created = create_duties(tx, [draft for draft in drafts if draft.origin not in known], by.now, RungClock(tx, campaign.calendar))
    return done


def campaign_has_duties(tx: Session, campaign: Campaign) -> bool:
    return tx.execute(select(Duty.id).where(Duty.campaign_id == campaign.id).limit(1)).first() is not None


def wanted_duties(tx: Session, campaign: Campaign, phases: dict[str, Phase]) -> list[DutyDraft]:
    """Every duty that the active items and the phases' kinds ask for, by records alone; series make their own."""
    by_id = {phase.id: phase for phase in phases.values()}
    parts, requirements = registry.parts_of(tx, campaign), registry.requirements_of(tx, campaign)
    drafts: list[DutyDraft] = []
    engaged: dict[int, registry.Part] = {}
    for item in registry.items_of(tx, campaign):
        if item.state == "active" and item.phase_id in by_id and item.id is not None:
            drafts += item_duties(campaign, by_id[item.phase_id], item, parts.get(item.id, ()), requirements.get(item.id, ()))
            engaged |= {part.unit_id: part for part in owing(parts.get(item.id, ()))}
            enter_series(tx, campaign, by_id[item.phase_id], item, parts.get(item.id, ()))
    for phase in phases.values():
        drafts += standing_duties(campaign, phase, sorted(engaged.values(), key=lambda part: part.code))
    return drafts


def close_the_removed(tx: Session, campaign: Campaign, phases: dict[str, Phase], plan: Blueprint, units: Units, by: By) -> list[str]:
    """Cancel what the new plan no longer asks for: items that are gone, units that are out."""
    kept = {item.key for item in plan.items}
    for item in registry.items_of(tx, campaign):
        if item.key not in kept and item.state == "active":
            item.state = "removed"
    tx.flush()
    wanted = {draft.origin for draft in wanted_duties(tx, campaign, phases)}
    told = []
    planned = select(Duty).where(Duty.campaign_id == campaign.id, Duty.state.in_(UNFINISHED), Duty.series_id.is_(None), Duty.item_id.is_not(None))  # type: ignore[attr-defined,union-attr]  # columns of a table class
    for duty in tx.execute(planned).scalars().all():
        if duty.origin not in wanted:
            finish(tx, duty, DutyState.CANCELLED, by.now, by.reason or "方案调整后不再要求")
            told.append(f"取消「{duty.title}」(#{duty.id})")
    return told


def _enter_item(tx: Session, campaign: Campaign, phase: Phase, item: ItemPlan, row: Item | None) -> Item:
    spec = item.spec
    assert phase.id is not None
    row = row or Item(campaign_id=campaign.id, key=item.key, phase_id=phase.id, title=spec.title)
    row.phase_id, row.number, row.line, row.title, row.text = phase.id, spec.number, spec.line, spec.title[:300], spec.text
    row.recipient, row.indicator, row.deadline = spec.recipient, spec.indicator, spec.deadline
    row.due_at, row.due_source, row.event_name = item.due_at, "own" if item.due_at else "phase", item.event
    row.recurrence = spec.recurrence.model_dump(mode="json") if spec.recurrence else None
    row.targets = [target.model_dump(mode="json") for target in spec.targets]
    row.required, row.signed, row.state = spec.required, spec.signed, "active"
    tx.add(row)
    return row


def _enter_parts(tx: Session, rows: dict[str, Item], plan: Blueprint, units: Units) -> None:
    """Units and required materials of each item, made equal to the plan."""
    keys = {rows[item.key].id: item for item in plan.items}
    registry.clear_parts(tx, [item_id for item_id in keys if item_id is not None])
    known = registry.requirement_rows(tx, list(keys))
    parts, requirements = [], []
    for item_id, item in keys.items():
        roles: dict[int, str] = {}
        for names, role in (((item.lead,), "lead"), (item.responsible, "responsible"), (item.supporting, "supporting")):
            for name in names:
                for unit in units.by_name[name][: 1 if role == "lead" else None]:
                    roles.setdefault(unit.id or 0, role)
        parts += [{"item_id": item_id, "unit_id": unit_id, "role": role} for unit_id, role in roles.items()]
        asked = list(item.materials)
        for material in asked:
            columns = {
                "name": material.name[:200],
                "copies": material.copies,
                "count": material.count,
                "form": material.form,
                "due_at": material.due_at,
                "event_name": material.event,
            }
            row = known.get((item_id, material.number))
            if row is None:
                requirements.append({"item_id": item_id, "number": material.number, **columns})
            else:
                for name, value in columns.items():
                    setattr(row, name, value)
        for (owner, number), row in known.items():
            if owner == item_id and number > len(asked):
                registry.drop_requirement(tx, row)
    registry.add_rows(tx, ItemUnit, parts)
    registry.add_rows(tx, Requirement, requirements)
    tx.flush()


def _follow(tx: Session, duty: Duty, draft: DutyDraft, by: By) -> list[str]:
    """Bring an unfinished duty to what the plan now says."""
    if duty.state not in UNFINISHED:
        return []
    told = []
    duty.title, duty.required, duty.phase_id = draft.title[:300], draft.required, draft.phase_id
    if draft.due_at is not None and draft.due_at != duty.due_at and duty.due_source != "extended":
        before = due_on(duty.due_at) if duty.due_at else "未定"
        told.append(f"「{duty.title}」(#{duty.id})期限:{before} → {due_on(draft.due_at)}")
        if duty.state == DutyState.WAITING:
            duty.due_at = duty.first_due_at = draft.due_at
            duty.due_source = draft.due_source
        elif duty.state != DutyState.SUBMITTED:
            start_revision(tx, duty, due_at=draft.due_at, now=by.now, state=DutyState(duty.state), source=draft.due_source)
        else:
            duty.due_at = draft.due_at
    tx.add(duty)
    tx.flush()
    return told


def _ask_if_reworded(item: ItemPlan, plan: Blueprint, rows: dict[str, Item], done: Applied) -> None:
    """A new key where an old item of the same number has gone may be the same matter in other words: say so, do not guess."""
    kept = {other.key for other in plan.items}
    for row in rows.values():
        if row.key not in kept and row.state == "active" and row.number and row.number == item.spec.number and row.title != item.spec.title:
            done.asked.append(f"「{item.spec.title}」可能是「{row.title}」改写而来:如是同一事项,请在方案文件中为它写上 key: {row.key},以免取消后重建")
