"""The passes: each an ordered tuple of steps, in one place. A Prefect flow wraps each step in tasks; `run_pass` runs the same tuple plainly.

A pass is a short, repeatable walk over what is due. It holds a lease, renewed in every batch's own transaction: whoever lost it can write
nothing more. Killed half way, run again or run twice at once, it changes nothing but what is due.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlmodel import Session

from campaign.errors import Conflict
from campaign.records import leases
from campaign.records.campaigns import find_campaign, find_phase
from campaign.records.running import pass_runs, sweeping
from campaign.records.store import Store
from campaign.records.tables import Campaign, Phase
from campaign.work.by import By
from campaign.work.planning.phases import open_phase
from campaign.work.running import pass_steps
from campaign.work.running.escalate import due_batches, escalate
from campaign.work.running.holders import holder_name
from campaign.work.running.pass_types import Batch, PassContext, PassRequest, PassSummary, Step, StepResult

LEASE_SECONDS = 60.0

ASSIGN = Step("assign", "分派", pass_steps.units_of_phase, pass_steps.assign)
COLLECT = Step("collect", "收集", pass_steps.units_of_phase, pass_steps.collect)
ESCALATE = Step("escalate", "督办", due_batches, escalate)
PUBLISH = Step("publish", "公布", pass_steps.once, pass_steps.publish)
GATE = Step("gate", "验收", pass_steps.once, pass_steps.gate)
SERIES = Step("series", "定期事项", pass_steps.once, pass_steps.grow)
DIGEST = Step("digest", "日报", pass_steps.offices_to_tell, pass_steps.digest)
SEND = Step("send", "送达", pass_steps.sending_batches, pass_steps.send)
BULLETIN = Step("bulletin", "简报", pass_steps.campaigns_with_bulletin, pass_steps.bulletin)

PHASE = (ASSIGN, COLLECT, ESCALATE, PUBLISH, GATE)
PASSES: dict[str, tuple[Step, ...]] = {
    "phase": PHASE,
    "supervision": (SERIES, ESCALATE, DIGEST, PUBLISH),
    "delivery": (SEND,),
    "bulletin": (BULLETIN,),
}
LABELS = {"phase": "阶段", "supervision": "督办巡检", "delivery": "送达", "bulletin": "简报"}


def open_pass(store: Store, request: PassRequest, services: pass_steps.Services | None = None) -> PassContext:
    """Take the pass's lease, open its phase where the day has come, and record the pass as running. Raises `Conflict` while another holds it."""
    by = By(request.actor, request.now, request.reason)
    with store.begin() as tx:
        campaign, phase = _subject(tx, request)
        name = ":".join(str(part) for part in ("pass", request.name, campaign.slug if campaign else None, phase.key if phase else None) if part)
        hold = leases.take_in(tx, name, holder_name(), LEASE_SECONDS)
        if hold is None:
            raise Conflict(f"{LABELS[request.name]}正在进行，请等它结束（最多 {LEASE_SECONDS:.0f} 秒）再试。", code="pass_running", lease=name)
        campaign_id, phase_id = campaign.id if campaign else None, phase.id if phase else None
        pass_runs.abandon_others(tx, request.name, campaign_id, phase_id, request.now)
        if campaign is not None and phase is not None:
            open_phase(tx, campaign, phase, by)
        pass_id = pass_runs.start(
            tx, name=request.name, campaign_id=campaign_id, phase_id=phase_id, request_key=request.due_key, flow_run_id=request.flow_run_id,
            now=request.now, started_at=request.now, holder=hold.holder, token=hold.token, actor=request.actor, state="running", message="", counts={},
        )  # fmt: skip
        return PassContext(
            id=pass_id, name=request.name, request=request, hold=hold, steps=PASSES[request.name], campaign_id=campaign_id, phase_id=phase_id,
            campaign_slug=campaign.slug if campaign else "", campaign_title=campaign.title if campaign else "全部创建活动",
            phase_key=phase.key if phase else "", phase_label=phase.name if phase else "", kind=phase.kind if phase else request.name,
            services=services,
        )  # fmt: skip


def run_batch(store: Store, ctx: PassContext, step: Step, batch: Batch) -> StepResult:
    """One batch of a step: the unit of a retry, and of a task in Prefect."""
    return step.run(store, ctx, batch)


def close_pass(store: Store, ctx: PassContext, results: list[tuple[str, StepResult]]) -> PassSummary:
    """Add up, record the pass and free its lease. Its changes are in the log already, each with the transaction that made it."""
    counts: dict[str, int] = {}
    tables: dict[str, list[dict[str, Any]]] = {}
    for _, result in results:
        for key, value in result.counts.items():
            counts[key] = counts.get(key, 0) + value
        for key, rows in result.tables.items():
            tables.setdefault(key, []).extend(rows)
    message = _message(counts)
    now = ctx.request.now
    with store.begin() as tx:
        leases.renew_in(tx, ctx.hold)
        counts["notices"] = pass_runs.count_notices(tx, ctx.id)
        if ESCALATE in ctx.steps:
            sweeping.forget_due(tx, ctx.id)
        pass_runs.finish(tx, ctx.id, "done", now, message, counts)
        leases.release_in(tx, ctx.hold)
    return PassSummary(ctx.id, ctx.name, message, counts, tables)


def fail_pass(store: Store, ctx: PassContext, error: BaseException) -> None:
    """Record the failure and free the lease, so that the next pass need not wait for it to run out."""
    with store.begin() as tx:
        pass_runs.finish(tx, ctx.id, "failed", ctx.request.now, str(error)[:500], {})
        leases.release_in(tx, ctx.hold)


def run_pass(
    store: Store, request: PassRequest, *, services: pass_steps.Services | None = None, on_batch: Callable[[Step, Batch], None] | None = None
) -> PassSummary:
    """The whole pass, plainly: what `--local` and the clock's fallback run."""
    ctx = open_pass(store, request, services)
    results: list[tuple[str, StepResult]] = []
    split: dict[Any, list[Batch]] = {}
    try:
        for step in ctx.steps:
            if step.split not in split:  # two steps over the same units ask once which they are
                split[step.split] = step.split(store, ctx)
            for batch in split[step.split]:
                results.append((step.name, run_batch(store, ctx, step, batch)))
                if on_batch is not None:
                    on_batch(step, batch)
        return close_pass(store, ctx, results)
    except BaseException as error:
        fail_pass(store, ctx, error)
        raise


def _subject(tx: Session, request: PassRequest) -> tuple[Campaign | None, Phase | None]:
    campaign = find_campaign(tx, request.campaign) if request.campaign else None
    phase = find_phase(tx, campaign, request.phase) if campaign is not None and request.phase else None
    if request.name == "phase":
        if campaign is None or phase is None:
            raise Conflict("阶段推进须指定创建活动和阶段。", code="no_subject")
        if phase.state == "closed":
            raise Conflict(
                f"阶段「{phase.name}」已关闭：如需继续，请先重新打开（campaign phase reopen {campaign.slug} {phase.number}）。",
                code="phase_closed",
                phase=phase.key,
            )
    return campaign, phase


def _message(counts: dict[str, int]) -> str:
    words = {"assigned": "新交办 {} 项", "collected": "收齐 {} 项", "escalated": "督办升级 {} 项", "skipped": "跳过已过时的提醒 {} 项",
             "sent": "送达 {} 份", "failed": "未送达 {} 份", "parked": "待处理 {} 项", "bulletins": "编发简报 {} 期", "digests": "编发日报 {} 期"}  # fmt: skip
    told = [text.format(counts[key]) for key, text in words.items() if counts.get(key)]
    return "，".join(told) or "没有到期事项"


__all__ = [
    "PASSES",
    "Batch",
    "By",
    "PassContext",
    "PassRequest",
    "PassSummary",
    "Step",
    "StepResult",
    "close_pass",
    "fail_pass",
    "open_pass",
    "run_batch",
    "run_pass",
]
