"""A campaign for those who run it: phases on a time axis, its duties, a phase with its gate, and triggering its pass in Prefect."""

from __future__ import annotations

from functools import partial

from fastapi import APIRouter
from sqlmodel import Session
from starlette.responses import Response

from campaign.engine.client import EngineDown
from campaign.engine.forms import PhaseForm, choice, parameters_of
from campaign.engine.names import deployment_of
from campaign.engine.runs import trigger
from campaign.errors import CampaignError, NotFound
from campaign.portal.gantt import gantt
from campaign.portal.visit import Visit, Visiting
from campaign.portal.wording import deadline, without_options
from campaign.records.campaigns import find_campaign
from campaign.records.log import write_event
from campaign.records.pages import boards, office
from campaign.records.pages.journal import names_of
from campaign.records.planning.calendars import load_calendar
from campaign.records.planning.phases import gates_of, story_of
from campaign.records.tables import Campaign, Phase
from campaign.rules.calendar import campaign_day, yellow_through
from campaign.rules.gate import GateOutcome
from campaign.work.planning.gate import ask_gate, decide_gate, overrule_gate
from campaign.work.planning.golive import go_live
from campaign.work.planning.phases import open_phase, reopen_phase
from campaign.work.running.pass_types import PassRequest

router = APIRouter()
A_PAGE = 50
CAMPAIGNS_A_PAGE = 10
"""As many as the overview shows, so that both count the same."""
DEEPEST_PAGE = 200
"""Who looks for what lies behind ten thousand others narrows the list; leafing on would cost ever more."""
UNITS_SHOWN = 30
BLOCKING_SHOWN = 10
NO_PREFECT = "Prefect 没有响应，这次没有触发。期限和督办不受影响，到时会自动巡检；也可以不经 Prefect 直接办理一次。"


@router.get("/campaigns")
def all_campaigns(visit: Visiting, page: int = 1) -> Response:
    page = min(max(page, 1), 10_000)
    with visit.place.store.read() as tx:
        lines = boards.campaign_lines(tx, limit=CAMPAIGNS_A_PAGE + 1, offset=(page - 1) * CAMPAIGNS_A_PAGE)
        shown = lines[:CAMPAIGNS_A_PAGE]
        _count(visit, tx, shown)
    return visit.page("campaigns.html", lines=shown, more=len(lines) > CAMPAIGNS_A_PAGE, page_number=page)


@router.get("/campaigns/{slug}")
def one_campaign(visit: Visiting, slug: str) -> Response:
    with visit.place.store.read() as tx:
        line = _line(tx, slug)
        _count(visit, tx, [line])
        phase_ids = [phase.id for phase in line.phases]
        units = visit.counted(tx, ("units", line.id), lambda tx: office.unit_progress(tx, phase_ids, visit.now))
        red = boards.red_list(tx, [line.id], visit.now, limit=10)
        passes = boards.recent_passes(tx, campaign_id=line.id, limit=6)
        calendar = load_calendar(tx)
    return visit.page(
        "campaign.html",
        line=line,
        drawn=gantt(line.phases, campaign_day(visit.now), title=line.title),
        units=units[:UNITS_SHOWN],
        unit_total=len(units),
        red=red,
        passes=passes,
        deadline=partial(deadline, now=visit.now, calendar=calendar),
        prefect=visit.place.prefect.look(),
    )


@router.get("/campaigns/{slug}/duties")
def duties(visit: Visiting, slug: str, light: str = "", state: str = "", phase: int = 0, unit: str = "", page: int = 1) -> Response:
    page, unit = min(max(page, 1), DEEPEST_PAGE), "" if unit == "0" else unit.strip()[:120]
    with visit.place.store.read() as tx:
        line = _line(tx, slug)
        calendar = load_calendar(tx)
        owner = office.unit_chosen(tx, unit) if unit else None
        rows = []
        if owner is not None or not unit:
            rows = office.campaign_duties(
                tx,
                line.id,
                visit.now,
                yellow_through(visit.now, calendar),
                light=light if light in office.LIGHTS else "",
                state=state if state in office.STATES else "",
                phase_id=next((one.id for one in line.phases if one.number == phase), None),
                unit_id=owner.id if owner is not None else None,
                limit=A_PAGE + 1,
                offset=(page - 1) * A_PAGE,
            )
        names = office.unit_names(tx, unit if owner is None else "")
    return visit.page(
        "campaign_duties.html",
        line=line,
        rows=rows[:A_PAGE],
        more=len(rows) > A_PAGE and page < DEEPEST_PAGE,
        page_number=page,
        light=light,
        state=state,
        phase=phase,
        unit=unit,
        owner=owner,
        names=names,
        near=[one for one in names if unit in one.name][: office.MOST_OFFERED] if unit and owner is None else [],
        states=office.STATES,
        deadline=partial(deadline, now=visit.now, calendar=calendar),
    )


@router.get("/campaigns/{slug}/phases/{number}")
def one_phase(visit: Visiting, slug: str, number: int) -> Response:
    return _phase_page(visit, slug, number)


@router.post("/campaigns/{slug}/phases/{number}/run")
def run_phase(visit: Visiting, slug: str, number: int) -> Response:
    """Starts the phase's deployment in Prefect; the run is linked to. The call is made outside any transaction.

    While Prefect is away the same pass can be carried out here, plainly: deadlines must not wait for it.
    """
    with visit.place.store.read() as tx:
        campaign, phase = _find(tx, slug, number)
    if phase.state == "closed":
        return _phase_page(visit, slug, number, refusal=f"阶段「{phase.name}」已关闭：如需继续，请先重新打开。")
    reason = visit.form.get("reason", "")
    if visit.form.get("how") == "plain":
        return _run_plainly(visit, campaign, phase, reason)
    form = PhaseForm(campaign=choice(campaign.slug, campaign.title), phase=choice(phase.key, phase.name), reason=reason[:200])
    engine = visit.place.prefect.engine()
    try:
        run, _ = trigger(engine, deployment_of("phase", phase.kind), parameters_of(form), actor=visit.me.name, tags=[campaign.slug, phase.name])
    except EngineDown:
        return _phase_page(visit, slug, number, refusal=NO_PREFECT, status=503, offer_plain=True)
    except CampaignError as refused:
        return _phase_page(visit, slug, number, refusal=refused.message)
    finally:
        engine.close()
    with visit.place.store.begin() as tx:
        write_event(
            tx,
            at=visit.now,
            actor=visit.me.name,
            verb="trigger",
            reason=reason,
            campaign_id=campaign.id,
            subject="phase",
            subject_id=phase.id,
            detail={"run": run.id},
        )
    return visit.go(f"/campaigns/{slug}/phases/{number}", f"已交给 Prefect 办理阶段「{phase.name}」，稍后刷新可看到结果。", run=run.url)


def _run_plainly(visit: Visit, campaign: Campaign, phase: Phase, reason: str) -> Response:
    from campaign.work.running.passes import run_pass  # only where Prefect does not answer

    try:
        done = run_pass(visit.place.store, PassRequest("phase", campaign.slug, phase.key, visit.now, visit.me.name, reason[:200]))
    except CampaignError as refused:
        return _phase_page(visit, campaign.slug, phase.number, refusal=refused.message)
    return visit.go(f"/campaigns/{campaign.slug}/phases/{phase.number}", f"没有经过 Prefect，已直接办理阶段「{phase.name}」：{done.message}。")


@router.post("/campaigns/{slug}/phases/{number}/gate")
def decide(visit: Visiting, slug: str, number: int) -> Response:
    """阶段验收: pass, carry over, hold; or overrule, which takes a leader named in the plan and a reason."""
    outcome, reason = visit.form.get("outcome", ""), visit.form.get("reason", "")
    try:
        with visit.place.store.begin() as tx:
            campaign, phase = _find(tx, slug, number)
            if outcome == "overrule":
                overrule_gate(tx, campaign, phase, visit.by(reason))
            elif outcome in tuple(GateOutcome):
                decide_gate(tx, campaign, phase, GateOutcome(outcome), visit.by(reason))
            else:
                raise CampaignError("请选择验收结论。", code="no_outcome")
            name = phase.name
    except CampaignError as refused:
        return _phase_page(visit, slug, number, refusal=without_options(refused.message))
    said = {"pass": "验收通过，阶段已关闭", "carry_over": "已带遗留问题转段，遗留事项继续督办", "hold": "已记录暂缓转段", "overrule": "已越过条件转段"}[outcome]
    return visit.go(f"/campaigns/{slug}/phases/{number}", f"「{name}」{said}。")


@router.post("/campaigns/{slug}/phases/{number}/open")
def open_(visit: Visiting, slug: str, number: int) -> Response:
    try:
        with visit.place.store.begin() as tx:
            campaign, phase = _find(tx, slug, number)
            by = visit.by(visit.form.get("reason", ""))
            if phase.state == "closed":
                reopen_phase(tx, campaign, phase, by)
            else:
                open_phase(tx, campaign, phase, by)
    except CampaignError as refused:
        return _phase_page(visit, slug, number, refusal=without_options(refused.message))
    return visit.go(f"/campaigns/{slug}/phases/{number}", "阶段已开启。下一次巡检会分派任务，也可以现在触发一次。")


@router.post("/campaigns/{slug}/golive")
def start_for_real(visit: Visiting, slug: str) -> Response:
    with visit.place.store.begin() as tx:
        go_live(tx, find_campaign(tx, slug), visit.by(visit.form.get("reason", "")))
    return visit.go(f"/campaigns/{slug}", "已正式启用：消息从现在起发给各单位。")


def _phase_page(visit: Visit, slug: str, number: int, *, refusal: str = "", status: int = 409, offer_plain: bool = False) -> Response:
    with visit.place.store.read() as tx:
        campaign, phase = _find(tx, slug, number)
        gates, story = gates_of(tx, phase), story_of(tx, phase)
        asked = ("gate", phase.id, phase.state, len(gates))
        decision = visit.counted(tx, asked, lambda tx: ask_gate(tx, campaign, phase, visit.now)) if phase.state == "open" else None
        blocking = [one for blocker in decision.blockers for one in blocker.duty_ids[:BLOCKING_SHOWN]] if decision else []
        names = names_of(tx, {"duty": blocking}) if blocking else {}
    return visit.page(
        "phase.html",
        status=status if refusal else 200,
        campaign=campaign,
        phase=phase,
        decision=decision,
        gates=gates,
        story=story,
        names=names,
        shown=BLOCKING_SHOWN,
        offer_plain=offer_plain,
        refusal=refusal,
        typed=visit.form,
        prefect=visit.place.prefect.look(),
        outcomes=tuple(GateOutcome),
    )


def _find(tx: Session, slug: str, number: int) -> tuple[Campaign, Phase]:
    found = boards.campaign_and_phase(tx, slug, number)
    if found is None:
        raise NotFound(f"没有代号为「{slug}」的创建活动，或者它没有第 {number} 个阶段。请从「创建活动」页面选择。", code="no_phase")
    return found


def _line(tx: Session, slug: str) -> boards.CampaignLine:
    lines = boards.campaign_lines(tx, slug=slug, limit=1)
    if not lines:
        raise NotFound(f"没有代号为「{slug}」的创建活动。请从「创建活动」页面选择。", code="no_campaign")
    return lines[0]


def _count(visit: Visit, tx: Session, lines: list[boards.CampaignLine]) -> None:
    yellow = yellow_through(visit.now, load_calendar(tx))
    phases = [phase.id for line in lines for phase in line.phases]
    boards.put_counts(lines, visit.counted(tx, ("lights", tuple(phases)), lambda tx: boards.light_counts(tx, phases, visit.now, yellow)))
