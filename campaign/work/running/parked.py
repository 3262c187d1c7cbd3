"""待处理: a row that made a pass fail even alone, was set aside, and is given back to the passes once it is mended.

Releasing asks the ladder anew when the row is due; what cannot be reckoned yet is not mended, and stays set aside. Should a released row
still be wrong for the pass, it is parked again with its new reason and stops nobody. Refuses to mend: what is wrong is said by the reason,
and is put right where it is wrong (a deadline by 延期, a calendar by its import).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from campaign.errors import CampaignError, NotFound
from campaign.records.duty.duties import clock_of, lock
from campaign.records.log import write_event
from campaign.records.running import parked
from campaign.records.tables import Duty
from campaign.records.tables.duties import CLIMBING
from campaign.work.by import By


@dataclass(frozen=True)
class Released:
    """`next_rung_at` is None where nothing is to come: the duty is finished, stands on the highest rung, or its paper is still under way."""

    duty_id: int
    title: str
    next_rung_at: datetime | None


def release_parked(tx: Session, parked_id: int, by: By) -> Released:
    if not by.reason.strip():
        raise CampaignError("请写明理由（--reason）：哪里不对，怎样改正的。", code="no_reason")
    row = parked.take_away(tx, parked_id)
    duty = tx.get(Duty, row.subject_id) if row is not None and row.subject == "duty" else None
    if row is None or duty is None:
        raise NotFound(f"没有编号为 {parked_id} 的待处理项：可能已经放回。请用 campaign parked list 查看清单。", code="no_parked", parked=parked_id)
    lock(tx, duty)
    if duty.state in CLIMBING and duty.next_rung_at is None and duty.due_at is not None:
        duty.next_rung_at = _next_rung(tx, duty, duty.due_at)
        tx.add(duty)
    write_event(
        tx, at=by.now, actor=by.actor, verb="release_parked", reason=by.reason, campaign_id=duty.campaign_id, subject="duty", subject_id=duty.id,
        detail={"was": row.reason, "pass": row.pass_name, "parked_at": row.parked_at.isoformat()},
    )  # fmt: skip
    tx.flush()
    return Released(duty.id or 0, duty.title, duty.next_rung_at)


def _next_rung(tx: Session, duty: Duty, due_at: datetime) -> datetime | None:
    clock = clock_of(tx, duty.campaign_id)
    try:
        if duty.rung == 0:
            return clock.first_at(duty.ladder_id, due_at, duty.opened_at, duty.floor_rung)
        since = parked.waiting_since(tx, duty)
        return None if since is None else clock.after(duty.ladder_id, duty.rung, due_at, since, duty.floor_rung)
    except (CampaignError, ValueError, OverflowError) as error:
        raise CampaignError(f"#{duty.id}「{duty.title}」还不能放回：{error}。请先改正期限或工作日历，再放回。", code="not_mended", duty=duty.id) from error
