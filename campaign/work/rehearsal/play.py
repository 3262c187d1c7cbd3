"""Playing a campaign in virtual time: from due instant to due instant, the same passes that the clock runs, and modelled people between them.

Owns the order within an instant: first what is due, then what people do then, so that whoever hands in at ten is told at nine. Refuses to
decide anything: passes come from `due_passes`, people's acts are the use cases of the product. Nothing here reads a clock or sleeps.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from campaign.records.duty import many
from campaign.records.papers.notices import due_deliveries
from campaign.records.papers.outbox import Outcome, Outgoing
from campaign.records.papers.receipts import ORIGIN
from campaign.records.planning import registry
from campaign.records.planning.calendars import calendar_of, load_calendar
from campaign.records.running import played
from campaign.records.store import Store
from campaign.records.tables import Campaign, Duty, DutyKind, DutyState, Phase
from campaign.rules.calendar import CAMPAIGN_ZONE, campaign_day, due_at_of_day, due_on
from campaign.rules.gate import GateDecision, GateOutcome
from campaign.work.by import By
from campaign.work.duty.hand_in import KeptFile
from campaign.work.duty.together import hand_in_together, review_together, sign_together
from campaign.work.papers import receipts
from campaign.work.planning.gate import ask_gate, decide_gate
from campaign.work.planning.phases import close_phase
from campaign.work.rehearsal.people_model import ACTS_AT, People, Profile
from campaign.work.running.due import due_passes, next_due_at
from campaign.work.running.pass_steps import Services
from campaign.work.running.pass_types import PassRequest
from campaign.work.running.passes import run_pass

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

    def run(self, start: datetime, until: datetime) -> datetime:
        """Play from `start` to `until`; answers the last instant at which anything happened."""
        services = Services(send=deliver_all, batch=5000, tables=False, lines=False, most_batches=1)
        now = last = start
        with self.store.begin() as tx:
            campaign = tx.get_one(Campaign, self.campaign_id)
            campaign.next_digest_at = None  # what an office is told of its own day is no part of what will happen to units
            tx.add(campaign)
            self._office = campaign.office_unit_id
            self._codes = played.unit_codes(tx)
            if self.people is not None:
                self._take_note(tx, played.owed_ids(tx, self.campaign_id), now)
                self._expect_gates(tx, now)
        due_at: datetime | None = start
        rounds = 0
        while now <= until:
            asked = due_at is not None and due_at <= now
            worked = asked and self._pass(now, services)
            acted = self.people is not None and self._act(now)
            if worked or acted:
                self.instants += 1
                last = now
                self._deliver(now, services)
            if asked or acted:
                due_at = next_due_at(self.store, now)
            following = [at for at in (due_at, self._plan[0][0] if self._plan else None) if at is not None]
            if not following:
                break
            rounds = rounds + 1 if min(following) <= now else 0
            now = max(min(following), now + timedelta(minutes=1) if rounds > MOST_ROUNDS else now)
        return last

    def _pass(self, now: datetime, services: Services) -> bool:
        """Every pass that is due now, and the sending of what they wrote."""
        opened, due = 0, due_passes(self.store, now, actor="rehearsal")
        for request in due:
            opened += run_pass(self.store, request, services=services).counts.get("assigned", 0)
        if self.people is not None and due:
            with self.store.read() as tx:
                self._look_around(tx, now, opened=bool(opened))
                if any(request.name == "phase" for request in due):
                    self._expect_gates(tx, now)
        return bool(due)

    def _deliver(self, now: datetime, services: Services) -> None:
        with self.store.read() as tx:
            waiting = due_deliveries(tx, now, None)
        if waiting:
            run_pass(self.store, PassRequest("delivery", None, None, now, "rehearsal", "到期"), services=services)

    def _look_around(self, tx: Session, now: datetime, *, opened: bool = False) -> None:
        """See what is owed newly: duties made since the last look, and with `opened` those that waited until now."""
        newest = played.newest_id(tx)
        if opened or newest > self._seen:
            self._take_note(tx, played.opened_ids(tx, self.campaign_id, self._seen, now if opened else None), now)
            self._seen = newest

    def _expect_gates(self, tx: Session, now: datetime) -> None:
        """An open phase is asked for its gate once, on the working day of its end."""
        for phase in registry.phases_of(tx, tx.get_one(Campaign, self.campaign_id)):
            if phase.state == "open" and phase.id is not None and phase.id not in self._gated:
                self._gated.add(phase.id)
                self._expect(self._gate_at(tx, phase, now), "gate", phase.id, 0)

    def _gate_at(self, tx: Session, phase: Phase, now: datetime) -> datetime:
        campaign = tx.get_one(Campaign, self.campaign_id)
        end = phase.due_at or (due_at_of_day(campaign.ends_on) if campaign.ends_on else now + timedelta(days=30))
        calendar = load_calendar(tx, campaign.calendar)
        return datetime.combine(calendar.add_working_days(campaign_day(max(end, now)), 0, roll=True), ACTS_AT, CAMPAIGN_ZONE)

    def _take_note(self, tx: Session, ids: Sequence[int], now: datetime) -> None:
        """Decide for each newly owed duty when somebody will do something about it."""
        assert self.people is not None
        calendar = calendar_of(tx, self.campaign_id)
        office = People(Profile.ON_TIME, self.people.seed)
        for duty in played.glimpses(tx, ids):
            code = self._codes[duty.unit_id]
            if duty.kind in (DutyKind.REVIEW, DutyKind.RECHECK):
                self._expect(self.people.office_acts_at(duty.origin, now, calendar), "review", duty.id, 0)
            elif duty.origin.startswith(ORIGIN):
                at = self.people.hands_in_at(code, duty.origin, duty.revision, now, duty.due_at, calendar)
                if at is not None:
                    self._expect(at, "sign_for", duty.id, duty.revision)
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

    def _act(self, now: datetime) -> bool:
        """What people do at this instant, each kind of act in one go."""
        acts = self._acts_of(now)
        if not acts:
            return False
        with self.store.begin() as tx:
            campaign = tx.get_one(Campaign, self.campaign_id)
            if due := dict(acts.get("hand_in", ())):
                ready = [duty for duty in registry.duties_of_ids(tx, list(due)) if duty.revision == due[duty.id] and duty.state in ("open", "returned")]
                hand_in_together(tx, campaign, ready, [PAPER], By(UNIT, now))
            if papers := acts.get("sign_for"):
                receipts.sign_for_many(tx, [subject for subject, _ in papers], By(UNIT, now))
            if asked := acts.get("review"):
                self._review(tx, campaign, [subject for subject, _ in asked], now)
            if papers := acts.get("sign"):
                self._sign(tx, campaign, [subject for subject, _ in papers], now)
            for phase_id, _ in acts.get("gate", ()):
                self._gate(tx, campaign, tx.get_one(Phase, phase_id), now)
            self._look_around(tx, now, opened="gate" in acts)
        return True

    def _review(self, tx: Session, campaign: Campaign, review_ids: Sequence[int], now: datetime) -> None:
        assert self.people is not None
        targets = played.under_review(tx, review_ids)
        back = [duty for duty, version in targets if self.people.sends_back(self._codes[duty.unit_id], duty.origin, version)]
        returned = {duty.id for duty in back}
        review_together(tx, campaign, [duty for duty, _ in targets if duty.id not in returned], By(REVIEWER, now), accept=True, receipt="演练回执")
        if back:
            review_together(tx, campaign, back, By(REVIEWER, now), accept=False, reason="演练：材料不全，请补正")
            self._take_note(tx, sorted(returned), now)

    def _sign(self, tx: Session, campaign: Campaign, notice_ids: Sequence[int], now: datetime) -> None:
        """What the rung before keeps back, the signer looks at again the next day."""
        assert self.people is not None
        calendar = load_calendar(tx, campaign.calendar)
        left = dict(sign_together(tx, notice_ids, By(SIGNER, now, "演练")).refused)
        for notice_id in many.drafts_among(tx, list(left)):
            self._expect(self.people.office_acts_at(f"again:{notice_id}", now, calendar), "sign", notice_id, 0)

    def _gate(self, tx: Session, campaign: Campaign, phase: Phase, now: datetime) -> None:
        """The office closes what may be closed, with leftovers where it must; a gate that holds is told, and passed for the rehearsal's sake."""
        if phase.state != "open":
            return
        decision = ask_gate(tx, campaign, phase, now)
        assumed = not decision.may_close and GateOutcome.CARRY_OVER not in decision.outcome_allowed
        self.gates.append(GateTold(phase.name, now, decision, assumed))
        by = By(DIRECTOR, now, "演练：假定办公室处理后转段")
        if assumed:
            close_phase(tx, campaign, phase, by)
        else:
            decide_gate(tx, campaign, phase, GateOutcome.PASS if decision.may_close else GateOutcome.CARRY_OVER, by)


def deliver_all(outgoings: Sequence[Outgoing], people: dict[int, list[Any]], now: datetime) -> list[Outcome]:
    """The way out of a rehearsal: everything arrives, nothing leaves the machine."""
    return [
        Outcome(one.delivery_id, "delivered", "演练", tuple({"name": name, "relation": relation} for relation, name, *_ in people.get(one.delivery_id, ())))
        for one in outgoings
    ]


def last_day(campaign: Campaign, duties: Iterable[Duty], now: datetime) -> datetime:
    """How far a rehearsal looks by itself: two months behind the last deadline, for the ladder of what is never done."""
    ends = [due_on(duty.due_at) for duty in duties if duty.due_at] + ([campaign.ends_on] if campaign.ends_on else [])
    return due_at_of_day(max(ends, default=campaign_day(now)) + timedelta(days=60))
