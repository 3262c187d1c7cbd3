"""负担: what is asked beside the plan — findings, further materials, tasks in between — is counted by unit and week, and waits above a cap.

Owns the holding back: a request over the campaign's cap is noted and asks nothing of the unit until a named person confirms it with a
reason. What the plan asks is never held. Asking the same thing twice with one key is one request.
"""

from __future__ import annotations

from datetime import date

from sqlmodel import Session

from campaign.errors import CampaignError, Conflict
from campaign.records.duty import burden
from campaign.records.duty.duties import DutyDraft, create_duties, lock
from campaign.records.log import write_event
from campaign.records.papers.outbox import collect_lines
from campaign.records.tables import Campaign, Duty, DutyKind, ExtraRequest, Phase, Unit
from campaign.rules.burden import must_wait, week_of
from campaign.rules.calendar import campaign_day, due_at_of_day
from campaign.work.by import By
from campaign.work.duty.rectify import add_finding

CAP = "weekly_cap"
KINDS = {"material": "补报资料", "perform": "临时交办", "finding": "问题整改"}


def cap_of(campaign: Campaign) -> int | None:
    return campaign.settings.get(CAP)


def set_cap(tx: Session, campaign: Campaign, cap: int | None, by: By) -> None:
    """How many requests a unit may get in one week before more of them wait; None for no cap."""
    if cap is not None and not 1 <= cap <= 1000:
        raise CampaignError("每周上限应为 1 到 1000 的整数。", code="bad_cap")
    campaign.settings = {**campaign.settings, CAP: cap}
    tx.add(campaign)
    tx.flush()
    write_event(tx, at=by.now, actor=by.actor, verb="set_cap", reason=by.reason, campaign_id=campaign.id, detail={"cap": cap})


def asked_this_week(tx: Session, campaign: Campaign, unit_id: int, today: date) -> int:
    found = burden.loads(tx, campaign, [week_of(today)], unit_id=unit_id)
    return found[0].total if found else 0


def ask_extra(
    tx: Session, campaign: Campaign, phase: Phase, unit: Unit, by: By, *, key: str, kind: str, title: str, due_on: date | None = None, **detail: object
) -> ExtraRequest:
    """Ask a unit for something beside the plan, or note it as held back; `state` says which."""
    title = title.strip()[:300]
    if not title:
        raise CampaignError("请写明要单位做什么。", code="no_title")
    if phase.state != "open":
        raise Conflict(f"阶段「{phase.name}」没有开启：请选择进行中的阶段。", code="phase_not_open", phase=phase.key)
    if kind not in KINDS:
        raise CampaignError(f"类别应为 {'、'.join(KINDS)} 之一。", code="bad_kind")
    if kind != "finding" and (due_on is None or due_on < campaign_day(by.now)):
        raise CampaignError("期限应为今天或以后的日期。", code="bad_day")
    tx.refresh(campaign, with_for_update=True)  # two that ask at once must not both find room for one
    held = must_wait(asked_this_week(tx, campaign, unit.id, campaign_day(by.now)), cap_of(campaign))
    request = burden.enter(
        tx, campaign_id=campaign.id, phase_id=phase.id, unit_id=unit.id, key=key, kind=kind, title=title, due_on=due_on, detail=detail,
        state="held" if held else "sent", asked_by=by.actor, asked_at=by.now, reason="",
    )  # fmt: skip
    if request is None:
        return burden.by_key(tx, key)
    if held:
        _log(tx, request, by, "hold_request")
    else:
        _send(tx, campaign, request, by)
    return request


def confirm(tx: Session, request: ExtraRequest, by: By) -> Duty:
    """A named person says that it must be asked all the same, and why."""
    _decide(tx, request, "confirmed", by)
    return _send(tx, tx.get_one(Campaign, request.campaign_id), request, by)


def drop(tx: Session, request: ExtraRequest, by: By) -> None:
    _decide(tx, request, "dropped", by)


def _decide(tx: Session, request: ExtraRequest, state: str, by: By) -> None:
    tx.refresh(request, with_for_update=True)
    if request.state != "held":
        words = {"confirmed": "确认交办", "dropped": "取消"}.get(request.state, "交办")
        raise Conflict(f"{request.decided_by or request.asked_by} 已{words}，没有重复办理。", code="already_decided")
    if not by.reason.strip():
        raise CampaignError("须写明理由：为什么在本周超过上限时仍要交办，或为什么取消。", code="no_reason")
    request.state, request.decided_by, request.decided_at, request.reason = state, by.actor, by.now, by.reason.strip()[:500]
    tx.add(request)
    tx.flush()
    _log(tx, request, by, "confirm_request" if state == "confirmed" else "drop_request")


def _send(tx: Session, campaign: Campaign, request: ExtraRequest, by: By) -> Duty:
    asker = By(request.asked_by, by.now, by.reason)
    phase, unit = tx.get_one(Phase, request.phase_id), tx.get_one(Unit, request.unit_id)
    if request.kind == "finding":
        told = request.detail
        _, duty = add_finding(
            tx, campaign, phase, unit, str(told.get("text") or request.title), asker, severity=str(told.get("severity") or "normal"),
            indicator=told.get("indicator"), site=told.get("site"), days=told.get("days"), inspection=told.get("inspection"),
        )  # fmt: skip
    else:
        duty = _create(tx, campaign, request, asker)
    request.duty_id = duty.id
    tx.add(request)
    tx.flush()
    return duty


def _create(tx: Session, campaign: Campaign, request: ExtraRequest, by: By) -> Duty:
    assert request.due_on is not None
    due_on = max(request.due_on, campaign_day(by.now))  # it may have waited past its own day
    created = create_duties(tx, [DutyDraft(
        campaign_id=campaign.id, phase_id=request.phase_id, unit_id=request.unit_id, kind=DutyKind(request.kind), origin=f"extra:request:{request.id}",
        title=request.title, ladder_id=campaign.ladder_id, due_at=due_at_of_day(due_on), due_source="own",
    )], by.now)  # fmt: skip
    collect_lines(tx, campaign_id=campaign.id, kind="任务分解通知", duties=[(request.unit_id, created[0])], now=by.now)
    _log(tx, request, by, "ask_extra")
    return lock(tx, tx.get_one(Duty, created[0]))


def _log(tx: Session, request: ExtraRequest, by: By, verb: str) -> None:
    write_event(tx, at=by.now, actor=by.actor, verb=verb, reason=by.reason, campaign_id=request.campaign_id, subject="request", subject_id=request.id,
                detail={"unit": request.unit_id, "kind": request.kind, "title": request.title})  # fmt: skip
