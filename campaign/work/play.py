"""Playing a campaign in virtual time: from due instant to due instant, the same passes that the clock runs, and modelled people between them.

Owns the order within an instant: first what is due, then what people do then, so that whoever hands in at ten is told at nine. Refuses to
decide anything: passes come from `due_passes`, people's acts are the use cases of the product. Nothing here reads a clock or sleeps.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from campaign.errors import Conflict
from campaign.records import played, registry
from campaign.records.calendars import load_calendar
from campaign.records.outbox import Outcome, Outgoing
from campaign.records.store import Store
from campaign.records.tables import Campaign, Duty, DutyKind, DutyState, Notice, Phase
from campaign.rules.calendar import campaign_day, due_at_of_day, due_on
from campaign.rules.gate import GateDecision, GateOutcome
from campaign.work.by import By
from campaign.work.due import due_passes, next_due_at
from campaign.work.gate import ask_gate, decide_gate
from campaign.work.hand_in import KeptFile
from campaign.work.pass_steps import Services
from campaign.work.passes import run_pass
from campaign.work.people_model import People, Profile
from campaign.work.phases import close_phase
from campaign.work.signing import sign_notice
from campaign.work.together import hand_in_together, review_together

PAPER = KeptFile("演练材料.docx", "0" * 64, 1, "application/vnd.openxmlformats-officedocument.wordprocessingml.document")
UNIT, REVIEWER, SIGNER, DIRECTOR = "演练·联络员", "演练·审核员", "演练·签发人", "演练·办公室主任"
MOST_ROUNDS = 200


@dataclass(frozen=True, slots=True)
class GateTold:
    """What the gate of a phase said when its day came; `assumed` is a close that only the rehearsal made."""

    phase: str
    at: datetime
    decision: GateDecision
    assumed: bool


@dataclass
class Play:
    """One campaign on a scratch store. Without `people` nobody acts, and what fires is what would fire if nothing were done."""

    store: Store
    campaign_id: int
    people: People | None = None
    gates: list[GateTold] = field(default_factory=list)
    instants: int = 0
    _plan: list[tuple[datetime, int, str, int, int]] = field(default_factory=list)
    _count: int = 0
    _seen: int = 0
    _gated: set[int] = field(default_factory=set)

    def run(self, start: datetime, until: datetime, on_instant: Callable[[datetime], None] | None = None) -> datetime:
        """Play from `start` to `until`; answers the last instant at which anything happened."""
        services = Services(send=deliver_all, batch=5000, tables=False, most_batches=1)
        now = last = start
        with self.store.begin() as tx:
            self._office = tx.get_one(Campaign, self.campaign_id).office_unit_id
            self._codes = played.unit_codes(tx)
            if self.people is not None:
                self._take_note(tx, played.owed_ids(tx, self.campaign_id), now)
        while now <= until:
            if self._step(now, services):
                last = now
                if on_instant is not None:
                    on_instant(now)
            following = [at for at in (next_due_at(self.store, now), self._plan[0][0] if self._plan else None) if at is not None]
            if not following:
                break
            now = max(min(following), now + timedelta(minutes=1))
        return last

    def _step(self, now: datetime, services: Services) -> bool:
        worked = False
        for _ in range(MOST_ROUNDS):
            due = due_passes(self.store, now, actor="rehearsal")
            for request in due:
                run_pass(self.store, request, services=services)
            worked = worked or bool(due)
            if all(request.name == "delivery" for request in due):
                break
        self.instants += worked
        if self.people is None:
            return worked
        with self.store.begin() as tx:
            if worked:
                self._look_around(tx, now)
            acts = self._acts_of(now)
            if acts:
                self._act(tx, acts, now)
                self._look_around(tx, now)
        return worked or bool(acts)

    def _look_around(self, tx: Session, now: datetime) -> None:
        self._take_note(tx, played.opened_ids(tx, self.campaign_id, self._seen, now), now)
        for phase in registry.phases_of(tx, tx.get_one(Campaign, self.campaign_id)):
            if phase.state == "open" and phase.id is not None and phase.id not in self._gated:
                self._gated.add(phase.id)
                self._expect(self._gate_at(tx, phase, now), "gate", phase.id, 0)

    def _gate_at(self, tx: Session, phase: Phase, now: datetime) -> datetime:
        campaign = tx.get_one(Campaign, self.campaign_id)
        end = phase.due_at or (due_at_of_day(campaign.ends_on) if campaign.ends_on else now + timedelta(days=30))
        calendar = load_calendar(tx, campaign.calendar)
        return calendar.next_working_moment(max(end, now)) + timedelta(hours=2)

    def _take_note(self, tx: Session, ids: Sequence[int], now: datetime) -> None:
        """Decide for each newly owed duty when somebody will do something about it."""
        assert self.people is not None
        calendar = load_calendar(tx, tx.get_one(Campaign, self.campaign_id).calendar)
        office = People(Profile.ON_TIME, self.people.seed)
        for duty in registry.duties_of_ids(tx, ids):
            self._seen = max(self._seen, duty.id)
            code = self._codes[duty.unit_id]
            if duty.kind in (DutyKind.REVIEW, DutyKind.RECHECK):
                self._expect(self.people.office_acts_at(duty.origin, now, calendar), "review", duty.id, 0)
            elif duty.origin.startswith("sign:notice:"):
                self._expect(self.people.office_acts_at(duty.origin, now, calendar), "sign", duty.notice_id or 0, 0)
            elif duty.due_at is not None and duty.state in (DutyState.OPEN, DutyState.RETURNED):
                people = office if duty.unit_id == self._office else self.people
                at = people.hands_in_at(code, duty.origin, duty.revision, now, duty.due_at, calendar)
                if at is not None:
                    self._expect(at, "hand_in", duty.id, duty.revision)

    def _expect(self, at: datetime, act: str, subject: int, revision: int) -> None:
        self._count += 1
        heapq.heappush(self._plan, (at, self._count, act, subject, revision))

    def _acts_of(self, now: datetime) -> dict[str, list[tuple[int, int]]]:
        acts: dict[str, list[tuple[int, int]]] = {}
        while self._plan and self._plan[0][0] <= now:
            _, _, act, subject, revision = heapq.heappop(self._plan)
            acts.setdefault(act, []).append((subject, revision))
        return acts

    def _act(self, tx: Session, acts: dict[str, list[tuple[int, int]]], now: datetime) -> None:
        campaign = tx.get_one(Campaign, self.campaign_id)
        if due := dict(acts.get("hand_in", ())):
            ready = [duty for duty in registry.duties_of_ids(tx, list(due)) if duty.revision == due[duty.id] and duty.state in ("open", "returned")]
            hand_in_together(tx, campaign, ready, [PAPER], By(UNIT, now))
        if asked := acts.get("review"):
            self._review(tx, campaign, [subject for subject, _ in asked], now)
        for notice_id, _ in acts.get("sign", ()):
            self._sign(tx, tx.get_one(Notice, notice_id), now)
        for phase_id, _ in acts.get("gate", ()):
            self._gate(tx, campaign, tx.get_one(Phase, phase_id), now)

    def _review(self, tx: Session, campaign: Campaign, review_ids: Sequence[int], now: datetime) -> None:
        assert self.people is not None
        targets = played.under_review(tx, review_ids)
        back = [duty for duty, version in targets if self.people.sends_back(self._codes[duty.unit_id], duty.origin, version)]
        returned = {duty.id for duty in back}
        review_together(tx, campaign, [duty for duty, _ in targets if duty.id not in returned], By(REVIEWER, now), accept=True)
        if back:
            review_together(tx, campaign, back, By(REVIEWER, now), accept=False, reason="演练:材料不全,请补正")
            self._take_note(tx, sorted(returned), now)

    def _sign(self, tx: Session, notice: Notice, now: datetime) -> None:
        if notice.state != "draft":
            return
        try:
            sign_notice(tx, notice, By(SIGNER, now, "演练"))
        except Conflict:  # the rung before has not arrived yet: the signer looks again tomorrow
            assert self.people is not None
            calendar = load_calendar(tx, tx.get_one(Campaign, self.campaign_id).calendar)
            self._expect(self.people.office_acts_at(f"again:{notice.id}", now, calendar), "sign", notice.id, 0)

    def _gate(self, tx: Session, campaign: Campaign, phase: Phase, now: datetime) -> None:
        """The office closes what may be closed, with leftovers where it must; a gate that holds is told, and passed for the rehearsal's sake."""
        if phase.state != "open":
            return
        decision = ask_gate(tx, campaign, phase, now)
        assumed = not decision.may_close and GateOutcome.CARRY_OVER not in decision.outcome_allowed
        self.gates.append(GateTold(phase.name, now, decision, assumed))
        by = By(DIRECTOR, now, "演练:假定办公室处理后转段")
        if assumed:
            close_phase(tx, campaign, phase, by)
        else:
            decide_gate(tx, campaign, phase, GateOutcome.PASS if decision.may_close else GateOutcome.CARRY_OVER, by)


def deliver_all(outgoings: Sequence[Outgoing], people: dict[int, list[Any]], now: datetime) -> list[Outcome]:
    """The way out of a rehearsal: everything arrives, nothing leaves the machine."""
    return [
        Outcome(one.delivery_id, "delivered", "演练", tuple({"name": name, "relation": relation} for relation, name, *_ in people.get(one.notice_id, ())))
        for one in outgoings
    ]


def last_day(campaign: Campaign, duties: Iterable[Duty], now: datetime) -> datetime:
    """How far a rehearsal looks by itself: two months behind the last deadline, for the ladder of what is never done."""
    ends = [due_on(duty.due_at) for duty in duties if duty.due_at] + ([campaign.ends_on] if campaign.ends_on else [])
    return due_at_of_day(max(ends, default=campaign_day(now)) + timedelta(days=60))
