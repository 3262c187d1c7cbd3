"""The one way in which a flow carries out a pass: open it, every step piece by piece, close it, show the tables, say the result.

Owns how a pass ends in Prefect's words. The order of the steps is the pass's own (campaign.work.running.passes); what is due is the steps'.
"""

from __future__ import annotations

from datetime import UTC, datetime

from prefect import get_run_logger
from prefect.client.schemas.objects import State
from prefect.context import FlowRunContext, SyncClientContext
from prefect.states import Completed, Failed

from campaign.engine.forms import CampaignForm, PassForm, PhaseForm, key_of
from campaign.engine.runs import ACTOR_LABEL
from campaign.errors import CampaignError, NotAllowed
from campaign.work.running.passes import PassContext, PassRequest, PassSummary, StepResult, close_pass, fail_pass, open_pass
from flows._stop import stop_if_asked
from tasks.catalogue import task_of
from tasks.links import pages_of
from tasks.show import show_tables, tag_run
from tasks.work import pieces
from tasks.workplace import Workplace, workplace

# Prefect's dialog has one shared password, so it cannot tell who pressed the button.
UI_ACTOR = "prefect-ui"


async def carry_out_phase(kind: str, form: PhaseForm) -> State[None]:
    """A pass over one phase, which must be of the flow's kind."""
    return await _carry_out(_asked("phase", form, key_of(form.campaign), key_of(form.phase)), kind)


async def carry_out_pass(name: str, form: CampaignForm) -> State[None]:
    """A pass over one campaign or all of them."""
    return await _carry_out(_asked(name, form, key_of(form.campaign), None), None)


def _asked(name: str, form: PassForm, campaign: str | None, phase: str | None) -> PassRequest:
    now = form.at or datetime.now(UTC)
    return PassRequest(name, campaign, phase, now, actor_of_run(), form.reason, due_key=form.due_key, flow_run_id=_run_id())


def _run_id() -> str:
    context = FlowRunContext.get()
    return str(context.flow_run.id) if context is not None and context.flow_run is not None else ""


def actor_of_run() -> str:
    """Whom the run's labels name; whoever only knows Prefect's dialog, or its schedule, is the dialog."""
    context = FlowRunContext.get()
    labels = context.flow_run.labels if context is not None and context.flow_run is not None else {}
    return str(labels.get(ACTOR_LABEL) or UI_ACTOR)


async def _carry_out(request: PassRequest, kind: str | None) -> State[None]:
    place = workplace()
    try:
        place.refuse_future(request, datetime.now(UTC))
        ctx = open_pass(place.store, request, place.services)
    except CampaignError as refusal:
        # Somebody else is at the same work: nothing failed, and nothing is left to do here.
        return Completed(name="Skipped", message=refusal.message) if refusal.code == "pass_running" else Failed(message=refusal.message)
    try:
        if kind is not None and ctx.kind != kind:
            raise NotAllowed(f"阶段「{ctx.phase_label}」不属于本部署的类型：请选择与该阶段同类的部署。", code="wrong_deployment")
        summary = await _work_through(place, ctx)
    except BaseException as error:  # also Prefect's Abort: whatever ends the run must free the pass
        fail_pass(place.store, ctx, error)
        if isinstance(error, CampaignError):
            return Failed(message=error.message)
        if not isinstance(error, Exception):
            raise
        get_run_logger().exception("本次办理出了意外")
        return Failed(message=f"程序出了意外（{type(error).__name__}），本次没有办完；已办的不会丢失，也不会重复办理。请将本次运行的日志反馈给维护人员。")
    await show_tables(summary, request, pages_of(place, ctx))
    return Completed(message=summary.message)


async def _work_through(place: Workplace, ctx: PassContext) -> PassSummary:
    await tag_run(ctx)
    results: list[tuple[str, StepResult]] = []
    # One client for all task runs: an async flow has none for its sync tasks, and each would spend 25 ms on making its own.
    with SyncClientContext.get_or_create():
        for step in ctx.steps:
            for work in pieces(place.store, ctx, step):
                stop_if_asked()
                results.append((step.name, task_of(step.name)(work)))
    return close_pass(place.store, ctx, results)
