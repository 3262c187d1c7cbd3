"""What was set aside comes back when it is mended, with a reason, and is swept like any other."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from campaign.errors import CampaignError
from campaign.records.running.parked import list_parked
from campaign.records.statements import table_of
from campaign.records.tables import Duty, Event, Parked
from campaign.work.running.parked import Released, release_parked
from tests.world import OFFICE, World, at, item, plan


@pytest.fixture
def broken(world: World) -> World:
    """Duty 5 of eight was set aside: its deadline lies beyond every calendar."""
    world.opened(plan([item(number, deadline="2026-03-10") for number in range(1, 9)]))
    move_deadline(world, "2099-01-01", next_rung="2026-03-04")
    world.go("2026-03-05").sweep()
    return world


def move_deadline(world: World, due: str, next_rung: str | None = None) -> None:
    duty = table_of(Duty)
    with world.store.begin() as tx:
        tx.execute(update(duty).where(duty.c.id == 5).values(due_at=at(due), next_rung_at=at(next_rung) if next_rung else None))


def release(world: World, number: int = 1, reason: str = "期限已改正") -> Released:
    with world.store.begin() as tx:
        return release_parked(tx, number, world.by(reason=reason))


def test_the_list_says_whose_it_is_and_why(broken: World) -> None:
    with broken.store.read() as tx:
        (line,) = list_parked(tx)
    assert (line.id, line.duty_id, line.unit, line.pass_name) == (1, 5, "示例甲局", "supervision")
    assert "日历" in line.reason


def test_a_mended_row_is_swept_again(broken: World) -> None:
    move_deadline(broken, "2026-03-10T23:00")

    released = release(broken)

    assert released.next_rung_at is not None
    assert released.next_rung_at <= broken.now
    assert broken.escalate() == 1
    assert broken.duty(5).rung == 1
    assert broken.rows(Parked) == []
    assert broken.verify() == []


def test_a_row_mended_into_the_future_waits_for_its_day(broken: World) -> None:
    move_deadline(broken, "2026-03-25T23:00")
    assert (release(broken).next_rung_at or broken.now) > broken.now
    assert broken.escalate() == 0


def test_what_is_still_wrong_stays_set_aside(broken: World) -> None:
    with pytest.raises(CampaignError, match="还不能放回"):
        release(broken)
    assert len(broken.rows(Parked)) == 1
    assert broken.duty(5).next_rung_at is None


def test_releasing_has_an_actor_and_a_reason(broken: World) -> None:
    move_deadline(broken, "2026-03-10T23:00")
    with pytest.raises(CampaignError, match="理由"):
        release(broken, reason=" ")
    release(broken)
    (event,) = [row for row in broken.rows(Event) if row.verb == "release_parked"]
    assert (event.actor, event.reason, event.subject_id) == (OFFICE, "期限已改正", 5)
    assert "日历" in event.detail["was"]


def test_it_is_released_once(broken: World) -> None:
    move_deadline(broken, "2026-03-10T23:00")
    release(broken)
    with pytest.raises(CampaignError, match="可能已经放回"):
        release(broken)


def test_a_finished_duty_is_only_taken_off_the_list(broken: World) -> None:
    broken.change("waive", 5)
    assert release(broken).next_rung_at is None
    assert broken.rows(Parked) == []
    assert broken.verify() == []
