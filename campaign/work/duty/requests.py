"""What a unit asks of the office about a duty (申请延期、申请退单), and how the office answers (准予、改派、免报、驳回).

Asking for more time stops no clock; saying that it is another's work does, until the office has decided. Either becomes a duty of the office,
so that a question left lying climbs its own ladder. Who asked cannot decide, and an item refused a second time is for a leader to place.
"""

from __future__ import annotations

from datetime import date

from sqlmodel import Session

from campaign.errors import CampaignError, Conflict, NotAllowed
from campaign.records.duty import requests
from campaign.records.duty.duties import DutyDraft, create_duties, finish
from campaign.records.log import write_event
from campaign.records.papers.outbox import collect_lines
from campaign.records.planning import phases as phase_facts
from campaign.records.tables import Campaign, Duty, DutyKind, DutyRequest, DutyState, Unit
from campaign.records.tables.duties import CLIMBING, UNFINISHED
from campaign.rules.calendar import campaign_day, due_at_of_day, due_on
from campaign.work.by import By
from campaign.work.duty.change_duty import extend, restart_clock, stop_clock, waive
from campaign.work.duty.hand_in import working_days_after
from campaign.work.papers.changes import because, tell_changes

NAMES = {"extend": "延期", "refuse": "退单"}
EXTENSIONS = 2
ANSWER_DAYS = 2


def ask_extension(tx: Session, duty: Duty, wanted_on: date, by: By) -> DutyRequest:
    if duty.state not in CLIMBING:
        raise Conflict(f"「{duty.title}」{DutyState(duty.state).label}，不需要申请延期。", code="no_extension", duty=duty.id)
    if duty.due_at is not None and wanted_on <= due_on(duty.due_at):
        raise CampaignError(f"申请的新期限须晚于现期限 {due_on(duty.due_at)}。", code="not_later", duty=duty.id)
    if duty.due_at is not None and duty.due_at <= by.now:
        raise Conflict(f"「{duty.title}」已于 {due_on(duty.due_at)} 到期：延期须在到期前申请。", code="too_late", duty=duty.id)
    most = int(tx.get_one(Campaign, duty.campaign_id).settings.get("extensions", EXTENSIONS))
    if requests.granted(tx, duty.id, "extend") >= most:
        raise Conflict(f"「{duty.title}」已延期 {most} 次，不能再申请。", code="too_often", duty=duty.id)
    if wanted_on <= campaign_day(by.now):
        raise CampaignError("申请的新期限须晚于今天。", code="not_later", duty=duty.id)
    return _ask(tx, duty, "extend", by, wanted_on=wanted_on)


def ask_refusal(tx: Session, duty: Duty, by: By, *, suggested_unit: str = "") -> DutyRequest:
    """申请退单: the unit says that this is not its work, and whose it may be."""
    if duty.state not in UNFINISHED:
        raise Conflict(f"「{duty.title}」{DutyState(duty.state).label}，不能申请退单。", code="duty_over", duty=duty.id)
    request = _ask(tx, duty, "refuse", by, suggested_unit=suggested_unit.strip()[:120])
    if duty.state in CLIMBING:
        stop_clock(tx, duty, By(by.actor, by.now, f"申请退单：{by.reason}"[:300]))  # the unit asked itself
    return request


def grant_extension(tx: Session, request: DutyRequest, on: date, by: By) -> None:
    """The office may grant another day than was asked for."""
    duty = _decide(tx, request, "extend", "granted", by)
    extend(tx, duty, due_at_of_day(on), By(by.actor, by.now, f"准予延期：{request.reason}"[:300]))


def reassign(tx: Session, request: DutyRequest, unit: Unit, by: By) -> Duty:
    """改派: cancelled for one unit and created for the other, due at the same time or two days from now, whichever is later."""
    _for_a_leader(tx, request, by)
    duty = _decide(tx, request, "refuse", "granted", by)
    if unit.id == duty.unit_id:
        raise CampaignError(f"「{unit.name}」就是现在的责任单位：请选择另一个单位。", code="same_unit", duty=duty.id)
    finish(tx, duty, DutyState.CANCELLED, by.now, f"改派至{unit.name}：{by.reason}"[:300])
    tell_changes(tx, duty.campaign_id, {duty.id: because(f"退单获准，已改派{unit.name}", by.reason)}, by)
    soonest = due_at_of_day(date.fromordinal(campaign_day(by.now).toordinal() + 2))
    due_at = None if duty.due_at is None else max(duty.due_at, soonest)
    created = create_duties(tx, [DutyDraft(
        campaign_id=duty.campaign_id, phase_id=duty.phase_id, unit_id=unit.id, kind=duty.kind, origin=f"reassign:duty:{duty.id}", title=duty.title,
        ladder_id=duty.ladder_id, due_at=due_at, due_source=duty.due_source, waiting=due_at is None, required=duty.required, event_name=duty.event_name,
        event_days=duty.event_days, item_id=duty.item_id, requirement_id=duty.requirement_id, finding_id=duty.finding_id, parent_id=duty.parent_id,
        keeps_ladder=duty.parent_id is not None,
    )], by.now)  # fmt: skip
    collect_lines(tx, campaign_id=duty.campaign_id, kind="任务分解通知", duties=[(unit.id, created[0])], now=by.now)
    write_event(tx, at=by.now, actor=by.actor, verb="reassign", reason=by.reason, campaign_id=duty.campaign_id, subject="duty", subject_id=duty.id,
                detail={"to": unit.name, "duty": created[0]})  # fmt: skip
    return tx.get_one(Duty, created[0])


def waive_on_request(tx: Session, request: DutyRequest, by: By) -> None:
    """免报/不涉及."""
    duty = _decide(tx, request, "refuse", "granted", by)
    waive(tx, duty, By(by.actor, by.now, by.reason or request.reason))


def reject(tx: Session, request: DutyRequest, by: By) -> None:
    """驳回, with the reason that the unit will read."""
    if not by.reason.strip():
        raise CampaignError("驳回须写明理由，单位会看到。", code="no_reason")
    duty = _decide(tx, request, request.kind, "refused", by)
    if request.kind == "refuse" and duty.state == DutyState.SUSPENDED:
        restart_clock(tx, duty, By(by.actor, by.now, f"驳回退单：{by.reason}"[:300]))
    answer = {"extend": "未准予延期，期限不变", "refuse": "退单未获准，仍由你单位办理"}[request.kind]
    tell_changes(tx, duty.campaign_id, {duty.id: because(answer, by.reason)}, by)


def _for_a_leader(tx: Session, request: DutyRequest, by: By) -> None:
    """指定承办: what two units have refused is placed by somebody who can make it stick."""
    duty = tx.get_one(Duty, request.duty_id)
    if not requests.refused_before(tx, duty, request.id):
        return
    leaders = phase_facts.leaders(tx, tx.get_one(Campaign, duty.campaign_id))
    if leaders and by.actor not in leaders:
        raise NotAllowed(
            f"「{duty.title}」已是第二次退单：须由领导小组负责人指定承办（{'、'.join(leaders)}），当前身份是「{by.actor}」。", code="not_a_leader", duty=duty.id
        )


def _ask(tx: Session, duty: Duty, kind: str, by: By, *, wanted_on: date | None = None, suggested_unit: str = "") -> DutyRequest:
    if not by.reason.strip():
        raise CampaignError(f"申请{NAMES[kind]}须写明理由。", code="no_reason", duty=duty.id)
    known = requests.open_request(tx, duty.id, kind)
    if known is not None:
        raise Conflict(f"{known.asked_by} 已申请{NAMES[kind]}，正等待办公室答复，不用重复申请。", code="already_asked", duty=duty.id)
    request = DutyRequest(
        duty_id=duty.id, kind=kind, reason=by.reason.strip(), wanted_on=wanted_on, suggested_unit=suggested_unit, asked_by=by.actor, asked_at=by.now
    )
    tx.add(request)
    tx.flush()
    _ask_the_office(tx, duty, request, by)
    _log(tx, duty, by, f"ask_{kind}", {"wanted_on": str(wanted_on)} if wanted_on else {"unit": suggested_unit})
    return request


def _decide(tx: Session, request: DutyRequest, kind: str, state: str, by: By) -> Duty:
    """The second of two who decide at once sees what the first did."""
    if request.kind != kind:
        raise Conflict(f"这是申请{NAMES[request.kind]}，不能按申请{NAMES[kind]}办理。", code="other_kind")
    if request.state != "open":
        words = {"granted": "准予", "refused": "驳回", "withdrawn": "撤回"}[request.state]
        raise Conflict(f"{request.decided_by} 已{words}这项申请，没有重复办理。", code="already_decided")
    duty = tx.get_one(Duty, request.duty_id)
    if request.asked_by == by.actor:
        raise NotAllowed("申请人不能审批自己的申请：请由他人办理。", code="same_person", duty=duty.id)
    request.state, request.decided_by, request.decided_at, request.decision = state, by.actor, by.now, by.reason.strip()[:500]
    tx.add(request)
    tx.flush()
    for asked in requests.asked_of_office(tx, request):
        finish(tx, asked, DutyState.ACCEPTED, by.now, by.reason or None)
    _log(tx, duty, by, f"{'grant' if state == 'granted' else 'reject'}_{kind}", {})
    return duty


def _ask_the_office(tx: Session, duty: Duty, request: DutyRequest, by: By) -> None:
    campaign = tx.get_one(Campaign, duty.campaign_id)
    create_duties(tx, [DutyDraft(
        campaign_id=duty.campaign_id, phase_id=duty.phase_id, unit_id=campaign.office_unit_id, kind=DutyKind.PERFORM, origin=f"decide:request:{request.id}",
        title=f"答复{NAMES[request.kind]}申请：{duty.title}"[:300], ladder_id=campaign.office_ladder_id,
        due_at=working_days_after(tx, campaign, by.now, ANSWER_DAYS), due_source="own", required=False,
    )], by.now)  # fmt: skip


def _log(tx: Session, duty: Duty, by: By, verb: str, detail: dict[str, object]) -> None:
    write_event(tx, at=by.now, actor=by.actor, verb=verb, reason=by.reason, campaign_id=duty.campaign_id, subject="duty", subject_id=duty.id, detail=detail)
