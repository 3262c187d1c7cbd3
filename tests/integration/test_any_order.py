"""Whatever people do, in whatever order, and whenever the machine stands still: nothing that must always hold is ever broken."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from campaign.errors import CampaignError
from campaign.records.campaigns import find_campaign, find_duty, need_unit
from campaign.records.log import seal_events
from campaign.records.statements import table_of
from campaign.records.store import Store
from campaign.records.tables import Duty, DutyRequest, Notice
from campaign.rules.calendar import due_at_of_day
from campaign.work.duty.requests import ask_extension, grant_extension, reject
from campaign.work.people.roll_change import merge_units
from campaign.work.people.roll_file import RollRow
from campaign.work.people.roll_import import import_roll
from campaign.work.planning.inspection_date import move_inspection
from tests.integration.test_at_once import together
from tests.world import LEADER, SLUG, World, item, phase, plan

DUTY, NOTICE = table_of(Duty), table_of(Notice)
PHASES = [phase("p1", "rollout", "2026-03-02", "2026-04-30"), phase("p2", "rectification", "2026-04-01", "2026-06-30")]
DEADLINES = ["2026-03-06", "2026-03-20", "2026-04-10", None, "event:示例活动+2wd", "inspection-20d"]
PLACE = st.integers(min_value=0, max_value=40)


pytestmark = pytest.mark.slow  # lives through whole campaigns


def variant(dropped: int, deadline: int, unit: int) -> object:
    """One of many versions of the same plan: an item dropped, a deadline moved, a unit changed."""
    rows = [item(number, lead_unit=f"示例{number % 3}局", deadline=DEADLINES[number % 6]) for number in range(1, 7)]
    rows[deadline % 6]["deadline"] = DEADLINES[deadline % 6]
    rows[unit % 6]["lead_unit"] = f"示例{unit % 4}局"
    rows.append(item(8, recurrence={"every": "week", "on": ["FR"], "text": "每周五"}))
    return plan([row for number, row in enumerate(rows) if number != dropped], PHASES, inspection={"start": "2026-05-18"})


class AnyOrder(RuleBasedStateMachine):
    store: Store
    template: Path

    @initialize(dropped=PLACE, deadline=PLACE, unit=PLACE)
    def begin(self, dropped: int, deadline: int, unit: int) -> None:
        self.store.close()
        path = Path(self.store.url.database or "")
        for leftover in path.parent.glob(f"{path.name}*"):
            leftover.unlink()
        shutil.copy(self.template, path)
        self.world = World(self.store)
        people = [
            (f"示例{number}局", relation, name) for number in range(4) for relation, name in (("contact", f"联络员{number}"), ("supervisor_leader", "分管"))
        ]
        rows = [RollRow(2, unit, None, None, None, (), False, relation, relation, name, "13800000000", None, None) for unit, relation, name in people]
        with self.store.begin() as tx:
            import_roll(tx, rows, self.world.by(), path=Path("名册.csv"))
        self.world.opened(variant(dropped, deadline, unit))  # type: ignore[arg-type]  # a PlanSpec

    def one(self, place: int, *states: str) -> int | None:
        """A duty of these states, of those that a unit owes."""
        found = self.world.duties(DUTY.c.state.in_(states), DUTY.c.kind.in_(("perform", "report", "material", "rectify")))
        return found[place % len(found)].id if found else None

    @rule(days=st.sampled_from([0.2, 1, 1, 2, 3, 6, 15]))
    def time_passes(self, days: float) -> None:
        self.world.wait(days=days)

    @rule(days=st.sampled_from([0.05, 1, 4]))
    def clock_is_set_back(self, days: float) -> None:
        self.world.wait(days=-days)

    @rule()
    def sweep(self) -> None:
        self.world.sweep()

    @rule()
    def sweep_twice_at_once(self) -> None:
        together(lambda: self.world.run("supervision", campaign=None), self.world.sweep, self.world.deliver)

    @rule(key=st.sampled_from(["p1", "p2"]))
    def phase_pass(self, key: str) -> None:
        self.world.work_phase(key)

    @rule(webhook=st.sampled_from(["delivered", "delivered", "failed", "unknown", "refused"]), file=st.sampled_from(["delivered", "delivered", "refused"]))
    def deliver(self, webhook: str, file: str) -> None:
        self.world.receiver.says = {"webhook": webhook, "file": file}
        self.world.deliver()

    @rule(place=PLACE, text=st.sampled_from(["甲稿", "乙稿"]))
    def submit(self, place: int, text: str) -> None:
        duty = self.one(place, "open", "returned", "submitted")
        if duty is not None:
            self.world.submit(duty, "示例联络员", text)

    @rule(place=PLACE, accept=st.booleans())
    def review(self, place: int, accept: bool) -> None:
        duty = self.one(place, "submitted")
        if duty is not None:
            self.world.review(duty, accept=accept)

    @rule(place=PLACE, days=st.integers(min_value=-3, max_value=20))
    def extend(self, place: int, days: int) -> None:
        duty = self.one(place, "open", "returned", "waiting")
        if duty is not None:
            with suppress(CampaignError):  # not later, or waiting for an event
                self.world.change("extend", duty, due_at_of_day(self.world.now.date() + timedelta(days=days)))

    @rule(place=PLACE, way=st.sampled_from(["suspend", "waive", "cancel"]))
    def let_off(self, place: int, way: str) -> None:
        duty = self.one(place, "open", "returned", *(() if way == "suspend" else ("submitted",)))
        if duty is None:
            return
        if way != "suspend" and self.world.duty(duty).kind == "rectify":
            with pytest.raises(CampaignError, match="撤销该问题"):
                self.world.change(way, duty)
        else:
            self.world.change(way, duty)

    @rule(place=PLACE)
    def resume(self, place: int) -> None:
        duty = self.one(place, "suspended")
        if duty is not None:
            self.world.change("resume", duty)

    @rule(place=PLACE, sign=st.booleans())
    def sign_or_withdraw(self, place: int, sign: bool) -> None:
        drafts = self.world.notices(NOTICE.c.state == "draft")
        if drafts:
            draft = drafts[place % len(drafts)]
            if sign:
                self.world.sign(draft.id, LEADER)
            else:
                self.world.withdraw(draft.id)

    @rule(place=PLACE)
    def serve_by_hand(self, place: int) -> None:
        waiting = self.world.duties(DUTY.c.origin.like("handdeliver:%"), DUTY.c.state == "open")
        if waiting:
            self.world.serve(waiting[place % len(waiting)].notice_id or 0)

    @rule(place=PLACE, days=st.integers(min_value=1, max_value=20))
    def ask_for_more_time(self, place: int, days: int) -> None:
        duty = self.one(place, "open", "returned")
        if duty is not None:
            with suppress(CampaignError), self.store.begin() as tx:  # too late, or asked already
                ask_extension(tx, find_duty(tx, duty), self.world.now.date() + timedelta(days=days), self.world.by("示例联络员"))

    @rule(place=PLACE, grant=st.booleans())
    def answer_a_request(self, place: int, grant: bool) -> None:
        asked = self.world.rows(DutyRequest, table_of(DutyRequest).c.state == "open")
        if asked:
            with suppress(CampaignError), self.store.begin() as tx:  # the day that was asked for has gone by
                request = tx.get_one(DutyRequest, asked[place % len(asked)].id)
                if grant:
                    assert request.wanted_on is not None
                    grant_extension(tx, request, request.wanted_on, self.world.by())
                else:
                    reject(tx, request, self.world.by())

    @rule(days=st.integers(min_value=-5, max_value=40))
    def the_inspection_moves(self, days: int) -> None:
        with suppress(CampaignError), self.store.begin() as tx:  # without the minimum notice
            move_inspection(tx, find_campaign(tx, SLUG), self.world.now.date() + timedelta(days=days), self.world.by())

    @rule(unit=st.integers(0, 3), into=st.integers(0, 3))
    def units_merge(self, unit: int, into: int) -> None:
        with suppress(CampaignError), self.store.begin() as tx:  # one that is over, or itself
            merge_units(tx, need_unit(tx, f"示例{unit}局"), need_unit(tx, f"示例{into}局"), self.world.by())

    @rule(place=PLACE)
    def sign_for(self, place: int) -> None:
        asked = self.world.duties(DUTY.c.origin.like("ack:notice:%"), DUTY.c.state == "open")
        if asked:
            self.world.change("acknowledge", asked[place % len(asked)].id)

    @rule()
    def event_happens(self) -> None:
        self.world.happened("示例活动")

    @rule()
    @precondition(lambda self: self.world.phase("p1").state == "open")
    def problem_found(self) -> None:
        self.world.find_problem(unit="示例1局")

    @rule(dropped=PLACE, deadline=PLACE, unit=PLACE)
    def launch_again(self, dropped: int, deadline: int, unit: int) -> None:
        self.world.launch(variant(dropped, deadline, unit))  # type: ignore[arg-type]  # a PlanSpec

    @rule()
    def seal(self) -> None:
        seal_events(self.store, self.world.now)

    @invariant()
    def everything_holds(self) -> None:
        if hasattr(self, "world"):
            assert self.world.verify() == []


@pytest.mark.timeout(900)
def test_nothing_is_broken_in_any_order(sqlite_store: Store, sqlite_template: Path) -> None:
    made = type("OnThisStore", (AnyOrder,), {"store": sqlite_store, "template": sqlite_template})
    tried = settings(
        max_examples=int(os.environ.get("ANY_ORDER_EXAMPLES", "6")), stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck),
        phases=[Phase.generate, Phase.shrink] if "ANY_ORDER_EXAMPLES" not in os.environ else [Phase.generate],
    )  # fmt: skip
    run_state_machine_as_test(made, settings=tried)
