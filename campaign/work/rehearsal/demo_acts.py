"""What people do in the sample campaign, through the use cases of the product: sign for work, hand it in, review it, find problems.

Owns the rule that every question is answered from the records and the moment alone, so that a start that was interrupted goes on where it
stopped and nobody does a thing twice.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlmodel import Session

from campaign.records.campaigns import need_unit
from campaign.records.duty import findings, submissions
from campaign.records.pages import views
from campaign.records.pages.views import DutyView
from campaign.records.papers.receipts import ORIGIN
from campaign.records.planning import registry
from campaign.records.planning.calendars import load_calendar
from campaign.records.tables import Campaign, Duty, DutyKind, DutyState, Phase, Submission
from campaign.rules.calendar import campaign_day, due_at_of_day, due_on
from campaign.rules.gate import GateOutcome
from campaign.work.by import By
from campaign.work.duty import change_duty
from campaign.work.duty.hand_in import KeptFile, hand_in, may_hand_in
from campaign.work.duty.rectify import add_finding
from campaign.work.duty.review import review
from campaign.work.planning.gate import ask_gate, decide_gate
from campaign.work.rehearsal.demo_people import DIRECTOR, INSPECTOR, REVIEWER, Scene, cast, sample_pdf

if TYPE_CHECKING:
    from campaign.evidence.files import FileStore


@dataclass(frozen=True, slots=True)
class Ready:
    """What a unit hands in for a duty: a note, or a paper."""

    duty_id: int
    note: str
    name: str = ""
    content: bytes = b""


OWED = (DutyState.OPEN, DutyState.RETURNED)
EXTENDED_BY = timedelta(days=7)


def acknowledge_what_came(tx: Session, campaign: Campaign, at: datetime) -> None:
    people, calendar = cast(), load_calendar(tx, campaign.calendar)
    for row, duty in _owed(tx, campaign, at, OWED):
        if duty.acked_at is not None or duty.kind in (DutyKind.REVIEW, DutyKind.RECHECK) or duty.origin.startswith(ORIGIN):
            continue
        when = people.acknowledges_at(row.unit, duty.origin, duty.opened_at, calendar)
        if when is not None and when <= at:
            change_duty.acknowledge(tx, duty, By(_contact(tx, duty.unit_id, at), at))


def ready_to_hand_in(tx: Session, campaign: Campaign, at: datetime) -> list[Ready]:
    """Whose day it is. Asked before the files are written, which happens outside any transaction."""
    people, calendar = cast(), load_calendar(tx, campaign.calendar)
    ready = []
    for row, duty in _owed(tx, campaign, at, OWED):
        if may_hand_in(duty) is not None or duty.due_at is None:
            continue
        began = duty.opened_at if duty.submitted_at is None else duty.submitted_at + timedelta(days=1)
        when = people.hands_in_at(row.unit, duty.origin, duty.revision, began, duty.due_at, calendar)
        if when is not None and when <= at:
            ready.append(ready_of(row, duty))
    return ready


def ready_of(row: DutyView, duty: Duty) -> Ready:
    if duty.kind == DutyKind.SIGN:
        return Ready(row.id, "", "责任书（签字盖章）.pdf", sample_pdf(f"WANGLAN SAMPLE LETTER {duty.id}"))
    if duty.kind == DutyKind.MATERIAL:
        return Ready(row.id, "", "报送材料.txt", f"{row.unit}\n{row.title}\n示例材料，第 {duty.revision} 稿。\n".encode())
    return Ready(row.id, "已按要求整改，现场已恢复。" if duty.kind == DutyKind.RECTIFY else "已按要求办理。")


def keep_papers(files: FileStore, ready: Sequence[Ready]) -> dict[int, list[KeptFile]]:
    kept: dict[int, list[KeptFile]] = {}
    for one in ready:
        if one.content:
            file = files.put(io.BytesIO(one.content), one.name)
            kept[one.duty_id] = [KeptFile(file.name, file.sha256, file.size, file.media_type)]
    return kept


def hand_in_all(tx: Session, ready: Sequence[Ready], kept: dict[int, list[KeptFile]], at: datetime) -> None:
    for one in ready:
        duty = tx.get_one(Duty, one.duty_id)
        hand_in(tx, duty, kept.get(one.duty_id, []), By(_contact(tx, duty.unit_id, at), at), note=one.note)


def review_what_waits(tx: Session, campaign: Campaign, at: datetime) -> None:
    people, calendar = cast(), load_calendar(tx, campaign.calendar)
    for _, asked in _owed(tx, campaign, at, (DutyState.OPEN,)):
        if asked.kind not in (DutyKind.REVIEW, DutyKind.RECHECK) or people.office_acts_at(asked.origin, asked.opened_at, calendar) > at:
            continue
        version = tx.get_one(Submission, asked.submission_id)
        duty = tx.get_one(Duty, version.duty_id)
        back = asked.kind == DutyKind.REVIEW and people.sends_back(_unit(tx, duty), duty.origin, version.version)
        by = By(_reviewer(asked.kind, version.submitted_by), at)
        review(tx, asked, by, accept=not back, reason=people.why_returned(duty.origin) if back else "")


def play_scene(tx: Session, campaign: Campaign, scene: Scene, at: datetime) -> None:
    if scene.act == "finding":
        _find(tx, campaign, scene, at)
        return
    unit = need_unit(tx, scene.unit)
    for row, duty in _owed(tx, campaign, at, OWED):
        if duty.unit_id != unit.id or row.title != scene.text:
            continue
        by = By(DIRECTOR, at, scene.reason)
        if scene.act == "waive":
            change_duty.waive(tx, duty, by)
        elif scene.act == "suspend":
            change_duty.suspend(tx, duty, by)
        elif scene.act == "extend" and duty.due_at is not None and duty.due_source != "extended":
            change_duty.extend(tx, duty, due_at_of_day(due_on(duty.due_at) + EXTENDED_BY), by)


def _find(tx: Session, campaign: Campaign, scene: Scene, at: datetime) -> None:
    running = [phase for phase in registry.phases_of(tx, campaign) if phase.state == "open"]
    if not running or any(known.text == scene.text for known in findings.of_campaign(tx, campaign.id or 0)):
        return
    phase = next((one for one in running if one.kind == "rectification"), running[-1])
    add_finding(tx, campaign, phase, need_unit(tx, scene.unit), scene.text, By(INSPECTOR, at), severity=scene.severity, inspection="第一次暗访")


def pass_the_first_gate(tx: Session, campaign: Campaign, at: datetime) -> None:
    """动员 closes on the first working afternoon after its end, with what is left over by name."""
    phase: Phase = registry.phases_of(tx, campaign)[0]
    if phase.state != "open" or phase.due_at is None or phase.due_at > at:
        return
    allowed = ask_gate(tx, campaign, phase, at).outcome_allowed
    for outcome, reason in ((GateOutcome.PASS, "动员阶段任务全部完成"), (GateOutcome.CARRY_OVER, "个别事项带入推进阶段继续督办")):
        if outcome in allowed:
            decide_gate(tx, campaign, phase, outcome, By(DIRECTOR, at, reason))
            return


def for_the_picture(tx: Session, campaign: Campaign, now: datetime) -> list[Ready]:
    """What has to come in now so that something can be returned; nothing when there is enough already."""
    if views.list_duties(tx, now, campaign=campaign, states=(DutyState.RETURNED,)) or _returnable(tx, campaign, now):
        return []
    return [ready_of(row, duty) for row, duty in _owed(tx, campaign, now, OWED) if duty.kind == DutyKind.MATERIAL][:1]


def close_the_picture(tx: Session, campaign: Campaign, now: datetime) -> None:
    """Whatever the calendar of these weeks was: the first picture has a returned material."""
    if views.list_duties(tx, now, campaign=campaign, states=(DutyState.RETURNED,)):
        return
    for duty in _returnable(tx, campaign, now)[-1:]:
        version = submissions.latest(tx, duty)
        by = By(_reviewer(DutyKind.REVIEW, version.submitted_by if version else ""), now)
        review(tx, duty, by, accept=False, reason=cast().why_returned(duty.origin))


def _returnable(tx: Session, campaign: Campaign, now: datetime) -> list[Duty]:
    rows = [duty for _, duty in _owed(tx, campaign, now, (DutyState.SUBMITTED,)) if duty.kind in (DutyKind.MATERIAL, DutyKind.PERFORM, DutyKind.REPORT)]
    return sorted(rows, key=lambda duty: (duty.kind == DutyKind.MATERIAL, duty.id))


def _owed(tx: Session, campaign: Campaign, at: datetime, states: tuple[DutyState, ...]) -> Iterator[tuple[DutyView, Duty]]:
    rows = views.list_duties(tx, at, campaign=campaign, states=states)
    duties = {duty.id: duty for duty in registry.duties_of_ids(tx, [row.id for row in rows])}
    for row in rows:
        yield row, duties[row.id]


def _contact(tx: Session, unit_id: int, at: datetime) -> str:
    people = registry.addressees(tx, [unit_id], campaign_day(at), ("contact",)).get(unit_id)
    return people[0][1] if people else "联络员"


def _unit(tx: Session, duty: Duty) -> str:
    from campaign.records.papers.notices import units_named

    return units_named(tx, [duty.unit_id])[duty.unit_id].name


def _reviewer(kind: str, submitted_by: str) -> str:
    """Somebody else than who handed it in."""
    wanted = INSPECTOR if kind == DutyKind.RECHECK else REVIEWER
    return DIRECTOR if wanted == submitted_by else wanted
