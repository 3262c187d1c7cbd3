"""Changes to one duty that are neither handing in nor review: 签收, 免报, 取消, 延期, 暂缓 and 恢复. Each needs its reason and says so."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from campaign.errors import CampaignError, Conflict
from campaign.records.duty import splits, submissions
from campaign.records.duty.duties import finish, lock, open_waiting, start_revision, stop_ladders, waiting_for
from campaign.records.duty.suspended import series_to_go_on
from campaign.records.log import write_event
from campaign.records.papers.outbox import collect_lines
from campaign.records.papers.receipts import ORIGIN
from campaign.records.planning.calendars import load_calendar
from campaign.records.planning.registry import duties_of_ids, phases_of
from campaign.records.statements import table_of
from campaign.records.tables import Campaign, Duty, DutyKind, DutyState, Notice, Series
from campaign.records.tables.duties import UNFINISHED, duty_table
from campaign.rules.calendar import campaign_day, due_at_of_day, due_on
from campaign.work.by import By
from campaign.work.papers import receipts
from campaign.work.papers.changes import because, in_words, tell_changes
from campaign.work.running.series import EXCUSED, excuse_missed


def acknowledge(tx: Session, duty: Duty, by: By) -> None:
    """签收 of an item, and with it of the paper that listed it, or of a paper itself. The first one counts; again changes nothing."""
    _must_be_unfinished(tx, duty, "签收")
    if duty.origin.startswith(ORIGIN):
        receipts.sign_for(tx, tx.get_one(Notice, duty.notice_id), by)
        tx.refresh(duty)
        return
    if duty.acked_at is None:
        duty.acked_at, duty.acked_by = by.now, by.actor
        tx.add(duty)
        tx.flush()
        receipts.shown_by_work(tx, [duty.id], by)
        _log(tx, duty, by, "ack")


def waive(tx: Session, duty: Duty, by: By) -> None:
    _end(tx, duty, by, "免报", DutyState.WAIVED, "waive")


def cancel(tx: Session, duty: Duty, by: By) -> None:
    _end(tx, duty, by, "取消", DutyState.CANCELLED, "cancel")


def _end(tx: Session, duty: Duty, by: By, what: str, state: DutyState, verb: str) -> None:
    _must_be_unfinished(tx, duty, what)
    _must_be_its_own(duty, what)
    _must_have_reason(by, what)
    finish(tx, duty, state, by.now, by.reason)
    _log(tx, duty, by, verb)
    tell_changes(tx, duty.campaign_id, {duty.id: because(what, by.reason)}, by)


def extend(tx: Session, duty: Duty, due_at: datetime, by: By) -> None:
    """延期: a new revision with a later deadline; the rung that was reached stays as its floor, and the first deadline stays visible."""
    _must_be_unfinished(tx, duty, "延期")
    _must_have_reason(by, "延期")
    if duty.state in (DutyState.SUBMITTED, DutyState.SUSPENDED):
        raise Conflict(f"#{duty.id}「{duty.title}」{DutyState(duty.state).label}，不需要延期。", code="no_extension", duty=duty.id)
    if duty.event_name is not None:
        raise Conflict(f"#{duty.id}「{duty.title}」在等「{duty.event_name}」，发生后才有期限，不需要延期。", code="no_extension", duty=duty.id)
    if duty.due_at is not None and due_at <= duty.due_at:
        raise CampaignError(f"新期限必须晚于现期限 {due_on(duty.due_at)}。", code="not_later", duty=duty.id)
    if due_at <= by.now:
        raise CampaignError("新期限必须晚于现在。", code="not_later", duty=duty.id)
    whole = splits.whole_of(tx, duty)
    if whole is not None and whole.due_at is not None and due_at > whole.due_at:
        raise CampaignError(f"分解的事项不能晚于{whole.unit}的期限 {due_on(whole.due_at)}：请先延长 #{whole.id}。", code="part_due_later", duty=duty.id)
    before = duty.due_at
    if duty.state == DutyState.WAITING:
        duty.due_at, duty.due_source = due_at, "extended"
        tx.add(duty)
    else:
        start_revision(tx, duty, due_at=due_at, now=by.now, state=DutyState(duty.state), source="extended")
    _log(tx, duty, by, "extend", {"from": due_on(before).isoformat() if before else None, "to": due_on(due_at).isoformat()})
    tell_changes(tx, duty.campaign_id, {duty.id: because(f"期限由{in_words(before)}延至{in_words(duty.due_at)}", by.reason)}, by)


def suspend(tx: Session, duty: Duty, by: By) -> None:
    """暂缓: the clock stops with its remaining working time, and the unit is told."""
    tell_changes(tx, duty.campaign_id, stop_clock(tx, duty, by), by)


def stop_clock(tx: Session, duty: Duty, by: By) -> dict[int, str]:
    """Without a word to the unit; answers what to tell, by duty: its parts stop with it."""
    _must_be_unfinished(tx, duty, "暂缓")
    _must_have_reason(by, "暂缓")
    if duty.state not in (DutyState.OPEN, DutyState.RETURNED):
        raise Conflict(f"#{duty.id}「{duty.title}」的状态是「{DutyState(duty.state).label}」，不能暂缓。", code="no_suspension", duty=duty.id)
    duty.state, duty.suspended_at, duty.next_rung_at = DutyState.SUSPENDED, by.now, None
    tx.add(duty)
    tx.flush()
    stop_ladders(tx, [duty.id], by.now)
    _log(tx, duty, by, "suspend")
    told = {duty.id: because("暂缓，停止计时", by.reason)}
    for part in splits.parts_of(tx, duty.id):
        if part.state in (DutyState.OPEN, DutyState.RETURNED):
            told |= stop_clock(tx, part, by)
    return told


def resume(tx: Session, duty: Duty, by: By) -> None:
    """恢复: as many working days are left as there were when it stopped; what was overdue stays overdue, and what was returned is still returned.

    A recurring report whose day fell into the suspension is excused: nobody wants it afterwards, and the next one is asked.
    """
    tell_changes(tx, duty.campaign_id, restart_clock(tx, duty, by), by)


def restart_clock(tx: Session, duty: Duty, by: By) -> dict[int, str]:
    """Without a word to the unit; answers what to tell, by duty."""
    lock(tx, duty)
    if duty.state != DutyState.SUSPENDED or duty.suspended_at is None or duty.due_at is None:
        raise Conflict(f"#{duty.id}「{duty.title}」没有处于暂缓状态。", code="not_suspended", duty=duty.id)
    campaign = tx.get_one(Campaign, duty.campaign_id)
    if duty.series_id is not None and duty.suspended_at < duty.due_at <= by.now and submissions.latest(tx, duty) is None:
        since, duty.suspended_at = duty.suspended_at, None
        finish(tx, duty, DutyState.WAIVED, by.now, EXCUSED)
        _log(tx, duty, by, "resume", {"excused": True})
        _grow_again(tx, duty, since, by)
        return {duty.id: because("暂缓期间到期，免予补报", by.reason)}
    calendar = load_calendar(tx, campaign.calendar)
    stopped, due = campaign_day(duty.suspended_at), due_on(duty.due_at)
    left = calendar.working_days_between(stopped, due) if due > stopped else 0
    due_at = due_at_of_day(calendar.add_working_days(campaign_day(by.now), left)) if left else max(duty.due_at, duty.due_at + (by.now - duty.suspended_at))
    stopped_at, duty.suspended_at = duty.suspended_at, None
    state = DutyState.RETURNED if submissions.latest(tx, duty) is not None else DutyState.OPEN
    start_revision(tx, duty, due_at=due_at, now=by.now, state=state, source=duty.due_source)
    _log(tx, duty, by, "resume", {"due_on": due_on(due_at).isoformat()})
    _grow_again(tx, duty, stopped_at, by)
    told = {duty.id: because(f"恢复计时，期限{in_words(duty.due_at)}", by.reason)}
    for part in splits.parts_of(tx, duty.id):
        if part.state == DutyState.SUSPENDED and part.suspended_at == stopped_at:
            told |= restart_clock(tx, part, by)
    return told


def _grow_again(tx: Session, duty: Duty, since: datetime, by: By) -> None:
    """The series of a suspended report goes on, unless something else stops it still."""
    for series in series_to_go_on(tx, table_of(Series).c.id == duty.series_id) if duty.series_id is not None else ():
        excuse_missed(tx, series, campaign_day(since), by)


def report_event(tx: Session, campaign: Campaign, name: str, happened: datetime, by: By) -> int:
    """An awaited event has happened: duties that hang on it get their deadline, open where their phase has begun, and the units are told. How many."""
    calendar = load_calendar(tx, campaign.calendar)
    ids: list[int] = []
    for duty in waiting_for(tx, campaign, name):
        days = duty.event_days or "0d"
        amount = int(days.removesuffix("wd").removesuffix("d") or 0)
        day = campaign_day(happened)
        on = calendar.add_working_days(day, amount) if days.endswith("wd") else type(day).fromordinal(day.toordinal() + amount)
        duty.due_at = duty.first_due_at = due_at_of_day(on)
        duty.due_source, duty.event_name = "event", None
        tx.add(duty)
        ids.append(duty.id or 0)
    tx.flush()
    begun = [phase.id for phase in phases_of(tx, campaign) if phase.state != "planned"]  # leftovers of a closed phase are owed like any other
    opened = open_waiting(tx, duty_table.c.id.in_(ids) & duty_table.c.phase_id.in_(begun), by.now)
    told = [(duty.unit_id, duty.id or 0) for duty in duties_of_ids(tx, opened)]
    collect_lines(tx, campaign_id=campaign.id or 0, kind="任务分解通知", duties=told, now=by.now)
    write_event(
        tx,
        at=by.now,
        actor=by.actor,
        verb="event",
        reason=by.reason,
        campaign_id=campaign.id,
        detail={"name": name, "on": campaign_day(happened).isoformat(), "duties": len(ids)},
    )
    return len(ids)


def _must_be_unfinished(tx: Session, duty: Duty, what: str) -> None:
    if lock(tx, duty).state not in UNFINISHED:
        raise Conflict(f"#{duty.id}「{duty.title}」{DutyState(duty.state).label}，不能再{what}。", code="duty_over", duty=duty.id)


def _must_be_its_own(duty: Duty, what: str) -> None:
    """A duty that exists for the sake of another, a finding or a paper ends with that one; ended alone it would leave it waiting for ever."""
    way = None
    if duty.kind in (DutyKind.REVIEW, DutyKind.RECHECK):
        way = f"请给出{'审核' if duty.kind == DutyKind.REVIEW else '复核'}意见"
    elif duty.kind == DutyKind.RECTIFY:
        way = "问题要由他人复核后销号，登记有误的请撤销该问题"
    elif duty.notice_id is not None:
        way = "请签发或撤回该文书" if duty.kind == DutyKind.SIGN else "请签收，或登记纸质签收" if duty.origin.startswith(ORIGIN) else "请登记人工送达"
    if way:
        raise Conflict(f"#{duty.id}「{duty.title}」不能{what}：{way}。", code="not_its_own", duty=duty.id)


def _must_have_reason(by: By, what: str) -> None:
    if not by.reason.strip():
        raise CampaignError(f"{what}须写明理由：请加 --reason。", code="no_reason")


def _log(tx: Session, duty: Duty, by: By, verb: str, detail: dict[str, object] | None = None) -> None:
    write_event(tx, at=by.now, actor=by.actor, verb=verb, reason=by.reason, campaign_id=duty.campaign_id, subject="duty", subject_id=duty.id, detail=detail)
