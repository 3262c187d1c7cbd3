"""A small campaign in virtual time, for tests: launch it, move the day, run passes, let people act.

Nothing here decides anything: each method is one transaction around one use case, at the world's `now`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, delete, select

from campaign.plan.spec import PlanSpec
from campaign.records.campaigns import find_campaign, find_duty, find_phase, find_unit
from campaign.records.papers.notices import find_notice
from campaign.records.papers.outbox import Outcome, Outgoing
from campaign.records.statements import table_of
from campaign.records.store import Store
from campaign.records.tables import Campaign, Duty, Finding, LadderChoice, Notice, Phase, Unit
from campaign.rules.calendar import CAMPAIGN_ZONE, due_on
from campaign.work.by import By
from campaign.work.duty import change_duty, rectify
from campaign.work.duty.hand_in import KeptFile, hand_in
from campaign.work.duty.review import review
from campaign.work.papers import receipts, signing
from campaign.work.planning.launch import Launched, launch
from campaign.work.running.pass_steps import Services
from campaign.work.running.pass_types import PassRequest, PassSummary
from campaign.work.running.passes import run_pass
from campaign.work.upkeep.verify import verify

LADDERS = Path(__file__).parents[1] / "config" / "ladders"
OFFICE, LEADER = "示例审核员", "示例组长"
SLUG = "demo"


def at(text: str) -> datetime:
    """Campaign time: `2026-03-02` is that day at 9:00, `2026-03-02T10:30` that minute."""
    return datetime.fromisoformat(text if "T" in text else f"{text}T09:00").replace(tzinfo=CAMPAIGN_ZONE)


def day_of(due_at: datetime | None) -> date:
    """The last day on which a duty that has a deadline can be handed in."""
    assert due_at is not None
    return due_on(due_at)


def item(number: int, **fields: Any) -> dict[str, Any]:
    return {"key": f"i{number}", "number": str(number), "title": f"示例任务{number}", "lead_unit": "示例甲局"} | fields


def phase(key: str, kind: str, start: str | None, end: str | None, **fields: Any) -> dict[str, Any]:
    return {"key": key, "name": f"{key}阶段", "kind": kind, "start": start, "end": end} | fields


ROLLOUT = phase("p1", "rollout", "2026-03-02", "2026-03-31")


def plan(items: Iterable[Mapping[str, Any]] | None = None, phases: Iterable[Mapping[str, Any]] = (ROLLOUT,), **fields: Any) -> PlanSpec:
    """One rollout phase in March 2026 and one item of one unit, unless told otherwise."""
    rows = [item(1)] if items is None else list(items)
    organisation = {"head": [{"name": LEADER, "position": "组长"}], "office": {"name": "示例创建办"}}
    return PlanSpec.model_validate(
        {"title": "示例区创建工作方案", "basis": ["示例依据"], "organisation": organisation, "phases": list(phases), "items": rows} | fields
    )


def file(text: str = "正文") -> KeptFile:
    return KeptFile(f"{text}.txt", sha256(text.encode()).hexdigest(), len(text.encode()), "text/plain")


class Receiver:
    """The way out: takes everything, or does what `says` tells by channel; remembers what arrived."""

    def __init__(self, **says: str) -> None:
        self.says = says
        self.arrived: list[Outgoing] = []

    def __call__(self, outgoing: Sequence[Outgoing], people: Mapping[int, Sequence[Any]], now: datetime) -> list[Outcome]:
        outcomes = [Outcome(one.delivery_id, self.says.get(one.channel, "delivered"), "示例回执") for one in outgoing]
        self.arrived += [one for one, outcome in zip(outgoing, outcomes, strict=True) if outcome.outcome in ("delivered", "unknown")]
        return outcomes

    @property
    def keys(self) -> Counter[str]:
        return Counter(one.idempotency_key for one in self.arrived)


class World:
    """`without` leaves out what a test does not look at: the `digests` of the office, the `receipts` that papers ask for."""

    def __init__(self, store: Store, now: str = "2026-03-01", *, without: frozenset[str] = frozenset()) -> None:
        self.store, self.now, self.receiver, self.without = store, at(now), Receiver(), without

    def go(self, day: str) -> World:
        self.now = at(day)
        return self

    def wait(self, **span: float) -> World:
        self.now += timedelta(**span)
        return self

    def by(self, actor: str = OFFICE, reason: str = "示例理由") -> By:
        return By(actor, self.now, reason)

    def launch(
        self, spec: PlanSpec | None = None, *, slug: str = SLUG, rehearsal: bool = False, start: date | None = None, end: date | None = None
    ) -> Launched:
        with self.store.begin() as tx:
            done = launch(tx, spec or plan(), self.by(), ladders=LADDERS, slug=slug, rehearsal=rehearsal, start=start, end=end)
            if "digests" in self.without:
                find_campaign(tx, slug).next_digest_at = None
            if "receipts" in self.without:
                tx.execute(delete(table_of(LadderChoice)).where(table_of(LadderChoice).c.duty_kind == "receipt"))
            return done

    def run(self, name: str, phase_key: str | None = None, campaign: str | None = SLUG) -> PassSummary:
        return run_pass(self.store, PassRequest(name, campaign, phase_key, self.now, "clock"), services=Services(send=self.receiver, tables=False))

    def work_phase(self, key: str = "p1") -> PassSummary:
        return self.run("phase", key)

    def sweep(self) -> PassSummary:
        return self.run("supervision")

    def escalate(self) -> int:
        """Sweep; how many duties took a rung."""
        return self.sweep().counts.get("escalated", 0)

    def deliver(self) -> PassSummary:
        return self.run("delivery")

    def opened(self, spec: PlanSpec | None = None, day: str = "2026-03-02", key: str = "p1") -> World:
        """Launched, the phase open, its digests delivered and signed for."""
        self.launch(spec)
        self.go(day).work_phase(key)
        self.deliver()
        self.sign_for_all()
        return self

    def climb(self, rung: int, *, deliver_last: bool = True, one: int = 1) -> World:
        """Go from each due moment to the next, sweeping and delivering, until the duty is on this rung; papers are signed, and signed for, at once."""
        for _ in range(20):
            due = self.duty(one)
            if due.rung >= rung:
                return self
            assert due.next_rung_at is not None, f"duty {one} rests on rung {due.rung} in state {due.state}"
            self.now = max(due.next_rung_at, self.now)
            self.sweep()
            if self.duty(one).rung < rung or deliver_last:
                self.sign_all()
                self.deliver()
            self.sign_for_all()
        raise AssertionError(f"duty {one} never reached rung {rung}")

    def verify(self) -> list[str]:
        """What the checker says, as `code: sentence`."""
        return [f"{one.code}: {one.text}" for one in verify(self.store)]

    def sign_for_all(self) -> None:
        """Units 签收 every paper that asks for it."""
        waiting = self.duties(table_of(Duty).c.origin.like("ack:notice:%"), table_of(Duty).c.state == "open")
        with self.store.begin() as tx:
            receipts.sign_for_many(tx, [duty.id for duty in waiting], self.by("示例联络员"))

    def sign_all(self) -> None:
        for notice in self.notices(table_of(Notice).c.state == "draft"):
            self.sign(notice.id)

    def sign(self, notice_id: int, actor: str = LEADER) -> str | None:
        with self.store.begin() as tx:
            return signing.sign_notice(tx, find_notice(tx, notice_id), self.by(actor))

    def withdraw(self, notice_id: int) -> None:
        with self.store.begin() as tx:
            signing.withdraw_notice(tx, find_notice(tx, notice_id), self.by(LEADER))

    def serve(self, notice_id: int, to: str = "示例签收人") -> None:
        with self.store.begin() as tx:
            signing.serve_by_hand(tx, find_notice(tx, notice_id), self.by(), to=to)

    def submit(self, duty: int | str = 1, actor: str = "示例联络员", *texts: str) -> int:
        with self.store.begin() as tx:
            return hand_in(tx, find_duty(tx, duty), [file(text) for text in texts or ("正文",)], self.by(actor)).version

    def review(self, duty: int | str = 1, actor: str = OFFICE, *, accept: bool = True) -> Duty:
        with self.store.begin() as tx:
            return review(tx, find_duty(tx, duty), self.by(actor), accept=accept, reason="" if accept else "缺少说明")

    def change(self, what: str, duty: int | str = 1, *args: Any, reason: str = "示例理由") -> None:
        """`extend`, `suspend`, `resume`, `waive`, `cancel` or `acknowledge`."""
        with self.store.begin() as tx:
            getattr(change_duty, what)(tx, find_duty(tx, duty), *args, self.by(reason=reason))

    def happened(self, event: str) -> int:
        with self.store.begin() as tx:
            return change_duty.report_event(tx, find_campaign(tx, SLUG), event, self.now, self.by())

    def find_problem(self, text: str = "示例问题", unit: str = "示例甲局", key: str = "p1", severity: str = "normal") -> tuple[Finding, Duty]:
        with self.store.begin() as tx:
            campaign = find_campaign(tx, SLUG)
            found = find_unit(tx, unit)
            assert found is not None
            return rectify.add_finding(tx, campaign, find_phase(tx, campaign, key), found, text, self.by("示例检查员"), severity=severity)

    def duty(self, wanted: int | str = 1) -> Duty:
        with self.store.read() as tx:
            return find_duty(tx, wanted)

    def duties(self, *chosen: ColumnElement[bool]) -> list[Duty]:
        with self.store.read() as tx:
            return list(tx.execute(select(Duty).where(*chosen).order_by(table_of(Duty).c.id)).scalars())

    def states(self, *chosen: ColumnElement[bool]) -> dict[str, str]:
        """Origin → state."""
        return {duty.origin: duty.state for duty in self.duties(*chosen)}

    def notices(self, *chosen: ColumnElement[bool]) -> list[Notice]:
        with self.store.read() as tx:
            return list(tx.execute(select(Notice).where(*chosen).order_by(table_of(Notice).c.id)).scalars())

    def rows(self, model: Any, *chosen: ColumnElement[bool]) -> list[Any]:
        with self.store.read() as tx:
            return list(tx.execute(select(model).where(*chosen)).scalars())

    def finding(self, finding_id: int = 1) -> Finding:
        with self.store.read() as tx:
            return tx.get_one(Finding, finding_id)

    def phase(self, key: str = "p1") -> Phase:
        with self.store.read() as tx:
            return find_phase(tx, find_campaign(tx, SLUG), key)

    def campaign(self) -> Campaign:
        with self.store.read() as tx:
            return find_campaign(tx, SLUG)

    def unit(self, name: str) -> Unit:
        with self.store.read() as tx:
            found = find_unit(tx, name)
            assert found is not None
            return found
