"""The outbox: retries, fall-over to the next channel, service by hand, and senders that die."""

from __future__ import annotations

from typing import Any

import pytest
from sqlmodel import Session

from campaign.errors import Conflict, RetryLater
from campaign.records.papers import outbox
from campaign.records.papers.outbox import Outcome
from campaign.records.statements import table_of
from campaign.records.tables import Attempt, Delivery, Duty, Notice
from campaign.work.running.bulletin import compile_bulletin
from tests.world import Receiver, World, at, item, plan

DUTY, NOTICE, DELIVERY = table_of(Duty), table_of(Notice), table_of(Delivery)
NEAR = plan([item(1, deadline="2026-03-10")])
URGED = "2026-03-12"


def urged(world: World, **says: str) -> World:
    """The 催办 of a duty is written; the channels answer as told."""
    world.opened(NEAR).go(URGED).sweep()
    world.receiver = Receiver(**says)
    return world


def attempts(world: World) -> list[tuple[int, int, str]]:
    return sorted((row.delivery_id, row.number, row.outcome) for row in world.rows(Attempt))


def test_opening_a_phase_sends_one_digest_a_unit_and_not_one_message_a_duty(world: World) -> None:
    world.launch(plan([item(number) for number in range(1, 6)] + [item(9, lead_unit="示例乙局")]))
    world.go("2026-03-02").work_phase()
    world.deliver()

    assert sorted((one.unit_name, one.kind, len(one.lines)) for one in world.receiver.arrived) == [
        ("示例乙局", "任务分解通知", 1),
        ("示例甲局", "任务分解通知", 5),
    ]
    assert all(count == 1 for count in world.receiver.keys.values())


def test_the_dwell_of_the_next_rung_begins_with_the_delivery(world: World) -> None:
    urged(world)
    world.go("2026-03-16T10:00").deliver()

    assert world.duty().next_rung_at == at("2026-03-18T10:00")


def test_a_failed_sending_is_tried_again_and_then_falls_over_to_the_next_channel(world: World) -> None:
    urged(world, webhook="failed")
    for wait in (0, 1, 5, 30, 1):
        world.wait(minutes=wait).deliver()

    sent = world.rows(Delivery, DELIVERY.c.notice_id == world.notices(NOTICE.c.kind == "催办通知单")[0].id)
    assert sorted((row.number, row.channel, row.state, row.attempts) for row in sent) == [(1, "webhook", "failed", 4), (2, "file", "delivered", 1)]
    assert world.duty().next_rung_at is not None
    assert world.verify() == []


def test_a_refusal_falls_over_at_once(world: World) -> None:
    urged(world, webhook="refused").deliver()
    world.deliver()

    assert [notice.state for notice in world.notices(NOTICE.c.kind == "催办通知单")] == ["delivered"]


@pytest.mark.without("digests", "receipts")
def test_when_every_channel_fails_the_office_serves_by_hand_and_the_ladder_goes_on(world: World) -> None:
    urged(world, webhook="refused", file="refused")
    world.deliver()
    world.deliver()
    notice = world.notices(NOTICE.c.kind == "催办通知单")[0]
    by_hand = world.duty(f"handdeliver:notice:{notice.id}")
    assert (by_hand.state, by_hand.unit_id, notice.state) == ("open", world.campaign().office_unit_id, "issued")
    assert world.verify() == []

    world.go("2026-03-13T10:00").serve(notice.id)

    assert world.duty(by_hand.id).state == "accepted"
    assert world.duty().next_rung_at == at("2026-03-17T10:00")
    world.go("2026-03-17T10:00")
    assert world.escalate() == 1
    assert world.duty().rung == 4
    assert world.verify() == []


@pytest.mark.without("digests", "receipts")
def test_a_bulletin_that_no_channel_takes_is_served_by_hand_too_and_holds_up_nothing(world: World) -> None:
    urged(world, webhook="refused", file="refused")
    with world.store.begin() as tx:
        compile_bulletin(tx, tx.merge(world.campaign()), world.by())

    world.deliver()
    world.deliver()

    assert len(world.duties(DUTY.c.origin.like("handdeliver:%"))) == 2
    assert world.verify() == []


@pytest.mark.without("digests", "receipts")
def test_a_finished_duty_leaves_the_unsent_notice_and_an_empty_one_is_not_sent(world: World) -> None:
    world.opened(plan([item(1, deadline="2026-03-10"), item(2, deadline="2026-03-10")])).go(URGED).sweep()
    world.submit(1)
    world.deliver()
    assert [(one.kind, [line.duty_id for line in one.lines]) for one in world.receiver.arrived[1:]] == [("催办通知单", [2])]

    world.climb(4, deliver_last=False, one=2)
    world.submit(2)
    sent = len(world.receiver.arrived)
    world.deliver()

    assert len([one for one in world.receiver.arrived[sent:] if one.kind == "督办通知书"]) == 0
    assert [notice.state for notice in world.notices(NOTICE.c.kind == "督办通知书")] == ["empty"]
    assert world.verify() == []


@pytest.mark.without("digests", "receipts")
def test_a_sender_that_dies_between_sending_and_recording_sends_again_with_the_same_key(world: World) -> None:
    urged(world)
    with world.store.begin() as tx:
        outgoing = outbox.claim(tx, world.now, 200, "dead")
    world.receiver(outgoing, {}, world.now)
    assert world.duty().next_rung_at is None

    world.wait(minutes=1).deliver()
    assert len(world.receiver.arrived) == 1
    world.wait(minutes=2).deliver()

    assert list(world.receiver.keys.values()) == [2]
    assert [outcome for _, _, outcome in attempts(world)[-2:]] == ["unknown", "delivered"]
    assert world.duty().next_rung_at is not None
    assert world.verify() == []


@pytest.mark.without("digests", "receipts")
def test_an_outcome_that_comes_after_the_claim_ran_out_changes_nothing(world: World) -> None:
    urged(world)
    with world.store.begin() as tx:
        late = outbox.claim(tx, world.now, 200, "slow")
    world.wait(minutes=3)
    with world.store.begin() as tx:
        again = outbox.claim(tx, world.now, 200, "quick")

    with world.store.begin() as tx:
        outbox.record_outcomes(tx, [Outcome(one.delivery_id, "failed", "") for one in late], "slow", world.now)
        outbox.record_outcomes(tx, [Outcome(one.delivery_id, "delivered", "") for one in again], "quick", world.now)

    assert [one.idempotency_key for one in late] == [one.idempotency_key for one in again]
    assert attempts(world)[-2:] == [(again[0].delivery_id, 1, "unknown"), (again[0].delivery_id, 2, "delivered")]
    assert world.verify() == []


def test_document_numbers_are_given_when_issued_and_run_without_a_gap(world: World) -> None:
    world.opened(plan([item(1, deadline="2026-03-10"), item(2, lead_unit="示例乙局", deadline="2026-03-10")])).climb(4, deliver_last=False)
    assert {notice.number for notice in world.notices(NOTICE.c.kind == "督办通知书")} == {None}

    world.deliver()

    assert sorted(notice.number or "" for notice in world.notices(NOTICE.c.kind == "督办通知书")) == ["创办督〔2026〕1号", "创办督〔2026〕2号"]
    assert {notice.number for notice in world.notices(NOTICE.c.kind == "催办通知单")} == {None}


def test_what_was_sent_is_written_down_although_another_change_is_in_the_way(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unwritten, it would be sent once more: a group chat cannot tell that it is the same message."""
    urged(world)
    written, refused = outbox.record_outcomes, iter([True, True])

    def in_the_way(*args: Any) -> Any:
        if next(refused, False):
            raise RetryLater("另一项操作正在改动同样的内容。", code="busy")
        return written(*args)

    monkeypatch.setattr(outbox, "record_outcomes", in_the_way)
    world.deliver()
    assert next(refused, None) is None, "nobody was in the way"
    assert {row.state for row in world.rows(Delivery)} == {"delivered"}
    world.wait(minutes=10).deliver()
    assert set(world.receiver.keys.values()) == {1}
    assert world.verify() == []


def test_what_stays_in_the_way_is_told_after_some_tries(world: World) -> None:
    tries = []

    def never(tx: Session) -> None:
        tries.append(tx)
        raise RetryLater("另一项操作正在改动同样的内容。", code="busy")

    with pytest.raises(RetryLater):
        world.store.insist(never)
    assert len(tries) > 2


def test_a_refusal_is_the_same_at_every_try(world: World) -> None:
    tries = []

    def refuse(tx: Session) -> None:
        tries.append(tx)
        raise Conflict("不能这样办理。", code="example")

    with pytest.raises(Conflict):
        world.store.insist(refuse)
    assert len(tries) == 1
