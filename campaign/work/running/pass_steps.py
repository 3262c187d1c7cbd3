"""What each step of a pass does, and how it splits into batches.

One transaction a batch, with the pass's lease renewed in it. The sweep has a file of its own: escalate.py.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import Session

from campaign.records import leases
from campaign.records.duty.duties import open_waiting
from campaign.records.log import write_event
from campaign.records.pages import boards, views
from campaign.records.papers import digests, notices
from campaign.records.papers.outbox import collect_lines
from campaign.records.planning import registry
from campaign.records.running import pass_runs
from campaign.records.store import Store
from campaign.records.tables import Campaign, Duty, Phase
from campaign.records.tables.duties import duty_table
from campaign.records.tables.notices import NoticeState
from campaign.rules.calendar import campaign_day
from campaign.work.by import By
from campaign.work.duty.hand_in import ask_for_review
from campaign.work.planning.gate_facts import ask_gate
from campaign.work.planning.phases import next_pass_at
from campaign.work.running.bulletin import compile_bulletin, due_bulletins
from campaign.work.running.digest import compile_digest, keep_digest
from campaign.work.running.pass_types import Batch, PassContext, StepResult
from campaign.work.running.series import HORIZON, grow_series

MOST_BATCHES = 60
"""Batches of units a step: three such steps stay below 200 task runs."""
OVERDUE_SHOWN = 200


@dataclass(frozen=True)
class Services:
    """What a pass needs from outside the records: the way out for notices. Made at the edge from the settings."""

    send: Callable[[Sequence[Any], dict[int, list[Any]], datetime], list[Any]] | None = None
    batch: int = 200
    extra: dict[str, Any] = field(default_factory=dict)
    tables: bool = True
    """False where nobody will look at what a pass publishes: a rehearsal runs hundreds of them."""
    lines: bool = True
    """False where the way out looks at no line of a notice: nothing of a rehearsal is written on paper."""
    most_batches: int = MOST_BATCHES
    close: Callable[[], None] = lambda: None


def once(store: Store, ctx: PassContext) -> list[Batch]:
    return [Batch("ALL", ctx.phase_label or ctx.campaign_title)]


def units_of_phase(store: Store, ctx: PassContext) -> list[Batch]:
    """A batch a unit; with many units, groups of neighbours by code."""
    with store.read() as tx:
        rows = pass_runs.units_of_phase(tx, ctx.phase_id or 0)
    size = max(1, -(-len(rows) // (ctx.services.most_batches if ctx.services else MOST_BATCHES)))
    batches: list[Batch] = []
    for start in range(0, len(rows), size):
        part = rows[start : start + size]
        label = part[0][2] if len(part) == 1 else f"{part[0][2]}等{len(part)}个单位"
        batches.append(Batch(part[0][1], label, tuple(row[0] for row in part), len(batches)))
    return batches


def assign(store: Store, ctx: PassContext, batch: Batch) -> StepResult:
    """Open what the phase asks of these units, and tell each in one digest. Where there is nothing to open, nothing is written."""
    with store.read() as tx:
        if not pass_runs.awaits_assignment(tx, ctx.phase_id or 0, batch.unit_ids, campaign_day(ctx.request.now) + HORIZON):
            return StepResult({"assigned": 0}, ({"单位": batch.label, "新交办": "0"},))
    with store.begin() as tx:
        leases.renew_in(tx, ctx.hold)
        campaign, phase, by = _rows(tx, ctx)
        mine = duty_table.c.unit_id.in_(batch.unit_ids) & (duty_table.c.phase_id == phase.id) & duty_table.c.event_name.is_(None)
        opened = registry.duties_of_ids(tx, open_waiting(tx, mine, by.now))
        opened += grow_series(tx, campaign.id, by, unit_ids=batch.unit_ids, phase_id=phase.id)
        _tell(tx, campaign, opened, by, ctx.id)
        if opened:
            _log_step(tx, ctx, campaign.id, "assign", batch=batch.code, duties=len(opened))
        return StepResult({"assigned": len(opened)}, ({"单位": batch.label, "新交办": str(len(opened))},))


def collect(store: Store, ctx: PassContext, batch: Batch) -> StepResult:
    """Count what came in since the last pass, and see that everything handed in has its review."""
    with store.read() as tx:
        collected = 0
        if ctx.services is None or ctx.services.tables:
            since = pass_runs.last_done_at(tx, "phase", ctx.campaign_id, ctx.phase_id)
            collected = views.accepted_since(tx, ctx.phase_id or 0, since, batch.unit_ids)
        unreviewed = pass_runs.unreviewed(tx, ctx.phase_id or 0, batch.unit_ids)
    if unreviewed:
        with store.begin() as tx:
            leases.renew_in(tx, ctx.hold)
            campaign, _phase, by = _rows(tx, ctx)
            for duty in pass_runs.unreviewed(tx, ctx.phase_id or 0, batch.unit_ids):
                _ensure_review(tx, campaign, duty, by)
                _log_step(tx, ctx, campaign.id, "ask_for_review", duty=duty.id)
    return StepResult({"collected": collected})


def _log_step(tx: Session, ctx: PassContext, campaign_id: int | None, verb: str, **counts: Any) -> None:
    write_event(
        tx, at=ctx.request.now, actor=ctx.request.actor, verb=verb, reason=ctx.request.reason, campaign_id=campaign_id, subject="pass", subject_id=ctx.id,
        detail=counts,
    )  # fmt: skip


def publish(store: Store, ctx: PassContext, batch: Batch) -> StepResult:
    """The tables that people look at: progress by unit and the overdue list; and when the phase is worked next."""
    now = ctx.request.now
    with store.begin() as tx:
        leases.renew_in(tx, ctx.hold)
        campaign = tx.get(Campaign, ctx.campaign_id) if ctx.campaign_id else None
        phase = tx.get(Phase, ctx.phase_id) if ctx.phase_id else None
        if campaign is not None and phase is not None and phase.state == "open":
            phase.next_pass_at = next_pass_at(tx, campaign, now)
            tx.add(phase)
    if ctx.services is not None and not ctx.services.tables:
        return StepResult()
    with store.read() as tx:
        tables: dict[str, list[dict[str, Any]]] = {}
        if phase is not None and phase.id is not None:
            tables["progress"] = [
                {"编号": row["code"], "单位": row["name"], "应办": row["owed"], "已办结": row["accepted"], "待审核": row["submitted"], "退回": row["returned"],
                 "红灯": row["red"], "黄灯": row["yellow"]}
                for row in views.progress_by_unit(tx, phase.id, now)
            ]  # fmt: skip
        red = views.list_duties(tx, now, campaign=campaign, light="red", phase_id=ctx.phase_id, limit=OVERDUE_SHOWN)
        rungs = boards.rung_names(tx, [row.id for row in red])
        tables["overdue"] = [
            {"编号": row.id, "单位": row.unit, "事项": row.title, "期限": row.due_on, "督办级别": rungs.get(row.id, "")} for row in red
        ]  # fmt: skip
        tables["notices"] = [
            {"编号": row.id, "单位": row.unit_name, "文书": row.kind, "文号": row.number or "", "状态": NoticeState(row.state).label}
            for row in views.notices_of(tx, campaign, pass_id=ctx.id, limit=OVERDUE_SHOWN)
        ]
    return StepResult(tables=tables)


def gate(store: Store, ctx: PassContext, batch: Batch) -> StepResult:
    """What stands in the way of closing; deciding is a person's."""
    if ctx.services is not None and not ctx.services.tables:
        return StepResult()
    with store.read() as tx:
        campaign, phase, by = _rows(tx, ctx)
        decision = ask_gate(tx, campaign, phase, by.now)
    blockers = [{"尚未满足的条件": blocker.text, "可作为遗留问题": "是" if blocker.carried else "否"} for blocker in decision.blockers]
    return StepResult({"blockers": len(blockers)}, tables={"gate": blockers})


def grow(store: Store, ctx: PassContext, batch: Batch) -> StepResult:
    with store.begin() as tx:
        leases.renew_in(tx, ctx.hold)
        by = By(ctx.request.actor, ctx.request.now)
        grown = grow_series(tx, ctx.campaign_id, by)
        for campaign_id in sorted({duty.campaign_id for duty in grown}):
            mine = [duty for duty in grown if duty.campaign_id == campaign_id]
            _tell(tx, tx.get_one(Campaign, campaign_id), mine, by, ctx.id)
            _log_step(tx, ctx, campaign_id, "assign", duties=len(mine))
        return StepResult({"assigned": len(grown)})


def sending_batches(store: Store, ctx: PassContext) -> list[Batch]:
    from campaign.work.running.deliver import due_count

    size = ctx.services.batch if ctx.services else 200
    with store.read() as tx:
        count = due_count(tx, ctx.request.now, ctx.campaign_id)
    return [Batch(f"D{number + 1:03}", f"第{number + 1}批", number=number) for number in range(min(-(-count // size), MOST_BATCHES))]


def send(store: Store, ctx: PassContext, batch: Batch) -> StepResult:
    from campaign.work.running.deliver import deliver_batch

    return StepResult(deliver_batch(store, ctx))


def campaigns_with_bulletin(store: Store, ctx: PassContext) -> list[Batch]:
    with store.read() as tx:
        return [Batch(f"C{row[0]}", row[1], number=row[0]) for row in due_bulletins(tx, ctx.request.now, ctx.campaign_id)]


def bulletin(store: Store, ctx: PassContext, batch: Batch) -> StepResult:
    with store.begin() as tx:
        leases.renew_in(tx, ctx.hold)
        text = compile_bulletin(tx, tx.get_one(Campaign, batch.number), By(ctx.request.actor, ctx.request.now))
        return StepResult({"bulletins": 1}, tables={"bulletin": [{"内容": text}]})


def offices_to_tell(store: Store, ctx: PassContext) -> list[Batch]:
    with store.read() as tx:
        due = digests.due(tx, ctx.request.now, ctx.campaign_id)
        names = notices.units_named(tx, due) if due else {}
    return [Batch(names[office].code, names[office].name, number=office) for office in sorted(due)]


def digest(store: Store, ctx: PassContext, batch: Batch) -> StepResult:
    """Read before anything is written, for a large campaign is read for a second; asked again inside, so of two passes at once one tells."""
    now = ctx.request.now
    with store.read() as tx:
        campaigns = digests.due(tx, now, ctx.campaign_id).get(batch.number, [])
        told = compile_digest(tx, campaigns, now)
    with store.begin() as tx:
        leases.renew_in(tx, ctx.hold)
        if not campaigns or digests.due(tx, now, ctx.campaign_id).get(batch.number) != campaigns:
            return StepResult()
        keep_digest(tx, campaigns, told, By(ctx.request.actor, now))
        return StepResult({"digests": 1}, tables={"digest": [{"内容": told.text}]}) if told else StepResult()


def _rows(tx: Session, ctx: PassContext) -> tuple[Campaign, Phase, By]:
    campaign, phase = tx.get_one(Campaign, ctx.campaign_id or 0), tx.get_one(Phase, ctx.phase_id or 0)
    return campaign, phase, By(ctx.request.actor, ctx.request.now, ctx.request.reason)


def _tell(tx: Session, campaign: Campaign, opened: Sequence[Duty], by: By, pass_id: int) -> None:
    assert campaign.id is not None
    collect_lines(tx, campaign_id=campaign.id, kind="任务分解通知", duties=[(duty.unit_id, duty.id or 0) for duty in opened], now=by.now, pass_id=pass_id)


def _ensure_review(tx: Session, campaign: Campaign, duty: Duty, by: By) -> None:
    from campaign.records.duty import submissions

    latest = submissions.latest(tx, duty)
    if latest is not None and submissions.verdict_of(tx, latest) is None and not submissions.open_reviews(tx, latest):
        ask_for_review(tx, campaign, duty, latest, by)
