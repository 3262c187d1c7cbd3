"""分解到下级: a unit gives parts of what it owes to the units below it, and takes that back while nobody has begun.

A part is a duty of its own with the origin `split:duty:12/unit:U013`, made here and nowhere else. The whole keeps its deadline and its ladder
and can be handed in only when every part is done; what is handed in for a part is for the unit above to judge.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from campaign.errors import CampaignError, Conflict, NotAllowed
from campaign.records.duty import splits
from campaign.records.duty.duties import DutyDraft, create_duties, finish, lock
from campaign.records.duty.review_chains import part_ladder
from campaign.records.log import write_event
from campaign.records.papers.outbox import collect_lines
from campaign.records.planning.registry import duties_of_ids
from campaign.records.tables import Duty, DutyState, Unit
from campaign.rules.calendar import due_on
from campaign.rules.splitting import due_of_part, why_not_split, why_not_undo
from campaign.work.by import By
from campaign.work.papers.changes import because, tell_changes


def split_origin(duty: Duty, unit: Unit, undone: int) -> str:
    return f"split:duty:{duty.id}/unit:{unit.code}" + (f"/{undone + 1}" if undone else "")


def may_split(duty: Duty) -> str | None:
    """None, or why not, in words."""
    return why_not_split(duty.kind, duty.state, is_part=duty.parent_id is not None, is_paper=duty.notice_id is not None)


def split_duty(tx: Session, duty: Duty, units: Sequence[Unit], by: By, *, due_at: datetime | None = None) -> list[Duty]:
    """A part for each of these units; units that have theirs already keep it. Answers the new parts."""
    refusal = may_split(lock(tx, duty))
    if refusal:
        raise Conflict(f"#{duty.id}「{duty.title}」不能分解：{refusal}。", code="may_not_split", duty=duty.id)
    below = {unit.id for unit in splits.units_below(tx, duty.unit_id)}
    strangers = [unit.name for unit in units if unit.id not in below]
    if strangers:
        known = "下属单位在单位名册里登记上级单位后才能分解" if not below else "只能分解给直接下属单位"
        raise NotAllowed(f"{'、'.join(strangers[:5])}不是本单位的直接下属单位：{known}。", code="not_below", duty=duty.id)
    if not units:
        raise CampaignError("请选择分解给哪些下属单位。", code="no_units", duty=duty.id)
    assert duty.due_at is not None
    due = due_of_part(due_at, duty.due_at, by.now)
    if due is None:
        raise CampaignError(f"下级的期限不能晚于本单位的期限 {due_on(duty.due_at)}，也不能早于现在。", code="part_due_later", duty=duty.id)
    standing = {part.unit_id for part in splits.parts_of(tx, duty.id)}
    ladder_id = part_ladder(tx, duty.ladder_id)
    created = create_duties(tx, [
        DutyDraft(
            campaign_id=duty.campaign_id, phase_id=duty.phase_id, unit_id=unit.id, kind=duty.kind, title=duty.title, ladder_id=ladder_id, keeps_ladder=True,
            origin=split_origin(duty, unit, splits.parts_undone(tx, duty.id, unit.id)), due_at=due, due_source="own", required=False,
            item_id=duty.item_id, requirement_id=duty.requirement_id, parent_id=duty.id,
        )
        for unit in {one.id: one for one in units}.values() if unit.id not in standing
    ], by.now)  # fmt: skip
    parts = duties_of_ids(tx, created)
    if parts:
        collect_lines(tx, campaign_id=duty.campaign_id, kind="任务分解通知", duties=[(part.unit_id, part.id) for part in parts], now=by.now)
        names = {unit.id: unit.name for unit in units}
        write_event(tx, at=by.now, actor=by.actor, verb="split", reason=by.reason, campaign_id=duty.campaign_id, subject="duty", subject_id=duty.id,
                    detail={"to": [names[part.unit_id] for part in parts], "due_on": due_on(due).isoformat()})  # fmt: skip
    return parts


def undo_split(tx: Session, duty: Duty, by: By) -> int:
    """Take all parts back; answers how many. Refused as soon as one of them has begun."""
    lock(tx, duty)
    parts = [lock(tx, part) for part in splits.parts_of(tx, duty.id)]
    refusal = why_not_undo([part.state for part in parts], handed_in=splits.any_handed_in(tx, [part.id for part in parts]) if parts else False)
    if refusal:
        raise Conflict(f"#{duty.id}「{duty.title}」不能撤销分解：{refusal}。", code="may_not_undo", duty=duty.id)
    for part in parts:
        finish(tx, part, DutyState.CANCELLED, by.now, because("上级单位撤销分解", by.reason)[:300])
    tell_changes(tx, duty.campaign_id, {part.id: because("上级单位撤销分解，不再办理", by.reason) for part in parts}, by)
    write_event(tx, at=by.now, actor=by.actor, verb="undo_split", reason=by.reason, campaign_id=duty.campaign_id, subject="duty", subject_id=duty.id,
                detail={"parts": len(parts)})  # fmt: skip
    return len(parts)
