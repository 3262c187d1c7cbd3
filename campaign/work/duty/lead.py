"""What a lead unit does for an item: reminding the units that share it, and handing in what it compiled of theirs (汇总).

A reminder goes through the outbox like every other message, so it waits for working hours and counts among a unit's messages of the day.
A compilation names the accepted versions that it is made of; their files are linked by hash, not copied.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlmodel import Session

from campaign.errors import CampaignError, Conflict
from campaign.records.log import write_event
from campaign.records.pages import leading
from campaign.records.papers.outbox import collect_lines
from campaign.records.tables import Duty, Submission
from campaign.rules.calendar import campaign_day
from campaign.work.by import By
from campaign.work.duty.hand_in import KeptFile, hand_in

REMINDER = "工作提醒"


def remind_units(tx: Session, item_id: int, by: By, *, unit_ids: Collection[int] | None = None) -> tuple[list[str], list[str]]:
    """Remind the units that have not handed in; answers whom, and who was reminded today already."""
    item = leading.item_facts(tx, item_id)
    assert item is not None
    owed = [row for row in leading.still_owed(tx, item_id, item.lead_id) if unit_ids is None or row.unit_id in unit_ids]
    if not owed:
        raise Conflict(f"「{item.title}」没有需要提醒的单位：都已报送或办结。", code="nobody_to_remind", item=item_id)
    again = leading.reminded_on(tx, [row.id for row in owed], REMINDER, campaign_day(by.now))
    fresh = [row for row in owed if row.id not in again]
    told, known = (list(dict.fromkeys(row.unit for row in owed if (row.id in again) is old)) for old in (False, True))
    if fresh:
        collect_lines(tx, campaign_id=item.campaign_id, kind=REMINDER, duties=[(row.unit_id, row.id) for row in fresh], now=by.now)
        write_event(tx, at=by.now, actor=by.actor, verb="remind", reason=by.reason, campaign_id=item.campaign_id, subject="item", subject_id=item_id,
                    detail={"units": told[:100], "duties": len(fresh)})  # fmt: skip
    return told, known


def compile_parts(tx: Session, duty: Duty, part_ids: Collection[int], files: Sequence[KeptFile], by: By, *, note: str = "") -> Submission:
    """Hand in the lead unit's own duty, made of accepted versions of the other units; who is missing is written down with it."""
    item = leading.item_facts(tx, duty.item_id) if duty.item_id is not None else None
    if item is None or item.lead_id != duty.unit_id:
        raise Conflict(f"#{duty.id}「{duty.title}」不是牵头单位的事项，不能汇总报送。", code="not_the_lead", duty=duty.id)
    parts = leading.accepted_parts(tx, item.id, item.lead_id, only=set(part_ids)) if part_ids else []
    gone = len(set(part_ids)) - len(parts)
    if gone:
        raise Conflict(f"所选材料中有 {gone} 份已不是审核通过的版本：请刷新后重新选择。", code="part_not_accepted", duty=duty.id)
    if not parts and not files:
        raise CampaignError("没有可汇总的材料：请勾选各单位审核通过的材料，或附上汇总件。", code="nothing_given", duty=duty.id)
    named = {part.id: part.unit for part in parts}
    linked = [KeptFile(f"{named[row.submission_id]}-{row.name}"[-255:], row.sha256, row.size, row.media_type) for row in leading.files_of_parts(tx, named)]
    missing = list(dict.fromkeys(row.unit for row in leading.still_owed(tx, item.id, item.lead_id)))
    version = hand_in(tx, duty, [*files, *linked], by, note=_note(note, list(dict.fromkeys(named.values())), missing))
    leading.link_parts(tx, version.id, list(named))
    return version


def _note(note: str, units: Sequence[str], missing: Sequence[str]) -> str:
    told = [note.strip()] if note.strip() else []
    if units:
        told.append(f"汇总 {len(units)} 个单位的材料：{'、'.join(units)}。")
    if missing:
        told.append(f"截至汇总尚未办结的单位：{'、'.join(missing[:50])}{'等' if len(missing) > 50 else ''}。")
    return "\n\n".join(told)
