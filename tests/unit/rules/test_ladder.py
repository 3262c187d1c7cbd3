"""The ladder: one rung a sweep, in order, after its dwell, never below the floor."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.rules.calendar import CAMPAIGN_ZONE, WorkingCalendar, due_at_of_day
from campaign.rules.holidays_cn import calendar_rows
from campaign.rules.ladder import Ladder, Offset, after_dwell, describe, due_rung, first_rung_at, moment_of, next_rung_at, parse_ladder

CN = WorkingCalendar("cn", calendar_rows(2024, 2030))
LADDERS = Path(__file__).parents[3] / "config" / "ladders"


def shipped(name: str) -> Ladder:
    return parse_ladder((LADDERS / f"{name}.yaml").read_text("utf-8"), f"{name}.yaml")


DEFAULT = shipped("default")
READINESS = shipped("readiness")
REMIND, AGAIN, URGE, SUPERVISE, CIRCULATE, ACCOUNT = 1, 2, 3, 4, 5, 6
DUE = due_at_of_day(date(2026, 9, 30))  # a Wednesday before eight days off


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CAMPAIGN_ZONE)


def shown(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(CAMPAIGN_ZONE).strftime("%Y-%m-%d %H:%M")


def test_what_the_default_ladder_does_to_a_silent_unit() -> None:
    assert describe(DEFAULT, DUE, at("2026-09-01 10:00"), CN) == (
        "到期：2026年9月30日（周三）",
        "2026年9月24日（周四） 09:00 提醒：工作提醒送经办人、单位联络员",
        "2026年9月29日（周二） 09:00 临期提醒：工作提醒送经办人、单位联络员",
        "2026年10月8日（周四） 09:00 催办：催办通知单送单位联络员、单位主要负责人",
        "2026年10月10日（周六） 09:00 督办：督办通知书送单位主要负责人、分管领导、牵头单位，计分 -0.5",
        "2026年10月14日（周三） 09:00 通报：通报送单位主要负责人、分管领导、包联领导，由办公室主任签发后发出，计分 -1",
        "2026年10月21日（周三） 09:00 提请问责：提请问责建议函送分管领导、组长，由组长签发后发出，计分 -2",
    )


def test_the_readiness_ladder_counts_in_hours() -> None:
    due = at("2026-09-15 12:00")
    assert describe(READINESS, due, at("2026-09-14 09:00"), CN)[:5] == (
        "到期：2026年9月15日（周二）",
        "2026年9月14日（周一） 16:30 提醒：工作提醒送经办人、单位联络员",
        "2026年9月15日（周二） 12:00 催办：催办通知单送单位联络员、单位主要负责人",
        "2026年9月15日（周二） 14:00 督办：督办通知书送单位主要负责人、分管领导、包联领导，计分 -0.5",
        "2026年9月16日（周三） 09:30 通报：通报送单位主要负责人、分管领导、包联领导，由办公室主任签发后发出，计分 -1",
    )


def test_a_description_in_an_unpublished_year_says_so() -> None:
    assert describe(DEFAULT, due_at_of_day(date(2029, 5, 8)), at("2029-05-01 10:00"), CN)[-1] == "2029年放假安排未公布，暂按法定节假日推算"


@pytest.mark.parametrize("name", sorted(path.stem for path in LADDERS.glob("*.yaml")))
def test_shipped_ladder_is_named_as_its_file_and_survives_its_canonical_text(name: str) -> None:
    ladder = shipped(name)
    again = parse_ladder(ladder.canonical, "canonical")
    assert ladder.name == name
    assert again == ladder
    assert again.sha256 == ladder.sha256


def test_a_comment_makes_no_new_version_and_a_dwell_does() -> None:
    text = (LADDERS / "default.yaml").read_text("utf-8")
    assert parse_ladder("# 说明\n" + text, "x").version == DEFAULT.version
    assert parse_ladder(text.replace("dwell: 5wd", "dwell: 6wd"), "x").version != DEFAULT.version


@pytest.mark.parametrize(
    ("offset", "due", "expected"),
    [
        pytest.param("-3wd", "2026-09-30", "2026-09-24 09:00", id="working-days-before-skip-mid-autumn"),
        pytest.param("+1wd", "2026-09-30", "2026-10-08 09:00", id="working-day-after-skips-national-day"),
        pytest.param("+2wd", "2026-10-08", "2026-10-10 09:00", id="made-up-saturday-counts"),
        pytest.param("0", "2026-09-30", "2026-10-08 09:00", id="at-the-deadline-waits-for-work"),
        pytest.param("-4d", "2026-09-30", "2026-09-24 09:00", id="calendar-days-before-fall-back-to-work"),
        pytest.param("+3d", "2026-09-30", "2026-10-08 09:00", id="calendar-days-after-roll-to-work"),
        pytest.param("-4h", "2026-09-30", "2026-09-30 13:30", id="hours-before-are-worked"),
        pytest.param("+4h", "2026-09-30", "2026-10-08 13:00", id="hours-after-are-worked"),
        pytest.param("到期前3个工作日", "2026-09-30", "2026-09-24 09:00", id="in-chinese"),
    ],
)
def test_moment_of_an_offset(offset: str, due: str, expected: str) -> None:
    assert shown(moment_of(Offset.model_validate(offset), due_at_of_day(date.fromisoformat(due)), CN)) == expected


@pytest.mark.parametrize(
    ("opened", "floor", "rung", "when", "skipped"),
    [
        pytest.param("2026-09-01 10:00", 0, REMIND, "2026-09-24 09:00", (), id="in-good-time"),
        pytest.param("2026-09-24 09:00", 0, AGAIN, "2026-09-29 09:00", (1,), id="opened-at-the-first-reminder"),
        pytest.param("2026-09-30 08:00", 0, URGE, "2026-10-08 09:00", (1, 2), id="opened-on-the-last-day"),
        pytest.param("2026-10-15 10:00", 0, URGE, "2026-10-16 10:00", (1, 2), id="overdue-at-launch-has-the-full-dwell"),
        pytest.param("2026-10-17 15:00", 0, URGE, "2026-10-20 09:00", (1, 2), id="overdue-at-launch-on-a-saturday"),
        pytest.param("2026-10-15 10:00", SUPERVISE, SUPERVISE, "2026-10-19 10:00", (1, 2), id="overdue-with-floor"),
        pytest.param("2026-09-01 10:00", SUPERVISE, REMIND, "2026-09-24 09:00", (), id="floor-still-reminds"),
        pytest.param("2026-09-30 08:00", SUPERVISE, SUPERVISE, "2026-10-10 09:00", (1, 2), id="floor-skips-the-urging"),
        pytest.param("2026-10-15 10:00", 99, ACCOUNT, "2026-10-22 10:00", (1, 2), id="floor-above-a-shorter-ladder-is-its-top"),
    ],
)
def test_first_rung_of_a_revision(opened: str, floor: int, rung: int, when: str, skipped: tuple[int, ...]) -> None:
    first = first_rung_at(DEFAULT, due_at=DUE, opened_at=at(opened), floor_rung=floor, calendar=CN)
    assert first is not None
    assert (first.rung.number, shown(first.at), first.skipped) == (rung, when, skipped)


@pytest.mark.parametrize(
    ("last", "now", "floor", "take", "skipped", "after", "ask_again"),
    [
        pytest.param(0, "2026-09-24 08:59", 0, None, (), 0, "2026-09-24 09:00", id="reminder-not-yet"),
        pytest.param(0, "2026-09-24 09:00", 0, REMIND, (), REMIND, None, id="reminder"),
        pytest.param(0, "2026-09-28 15:00", 0, REMIND, (), REMIND, None, id="late-reminder-before-the-next-one"),
        pytest.param(0, "2026-09-29 09:00", 0, AGAIN, (1,), AGAIN, None, id="reminder-replaced-by-the-next-one"),
        pytest.param(0, "2026-10-01 00:00", 0, None, (1, 2), AGAIN, "2026-10-08 09:00", id="reminders-too-late"),
        pytest.param(0, "2026-12-01 10:00", 0, URGE, (1, 2), URGE, None, id="two-months-of-outage-take-one-rung"),
        pytest.param(AGAIN, "2026-10-08 09:00", 0, URGE, (), URGE, None, id="urge"),
        pytest.param(AGAIN, "2026-10-08 09:00", SUPERVISE, None, (), AGAIN, "2026-10-10 09:00", id="floor-not-yet"),
        pytest.param(AGAIN, "2026-10-10 09:00", SUPERVISE, SUPERVISE, (), SUPERVISE, None, id="floor"),
        pytest.param(URGE, "2027-01-05 10:00", 0, SUPERVISE, (), SUPERVISE, None, id="next-only"),
        pytest.param(ACCOUNT, "2027-01-05 10:00", 0, None, (), ACCOUNT, None, id="top"),
    ],
)
def test_what_a_sweep_takes(last: int, now: str, floor: int, take: int | None, skipped: tuple[int, ...], after: int, ask_again: str | None) -> None:
    decision = due_rung(DEFAULT, rung=last, due_at=DUE, now=at(now), calendar=CN, floor_rung=floor)
    assert (decision.take.number if decision.take else None) == take
    assert (decision.skipped, decision.rung_after, shown(decision.next_at)) == (skipped, after, ask_again)
    assert decision.reasons


@pytest.mark.parametrize(
    ("last", "delivered", "floor", "expected"),
    [
        pytest.param(REMIND, "2026-09-24 09:01", 0, "2026-09-29 09:00", id="own-offset-is-later"),
        pytest.param(REMIND, "2026-09-30 15:00", 0, "2026-10-08 15:00", id="second-reminder-would-be-late-so-the-urging"),
        pytest.param(URGE, "2026-10-08 09:01", 0, "2026-10-10 09:01", id="dwell-is-later"),
        pytest.param(URGE, "2026-10-30 16:00", 0, "2026-11-03 16:00", id="after-an-outage-the-dwell-decides"),
        pytest.param(URGE, "2026-10-08 09:01", CIRCULATE, "2026-10-14 09:00", id="up-to-the-floor"),
        pytest.param(ACCOUNT, "2026-10-30 16:00", 0, None, id="top"),
    ],
)
def test_next_rung_waits_for_its_offset_and_its_dwell(last: int, delivered: str, floor: int, expected: str | None) -> None:
    found = next_rung_at(DEFAULT, rung=last, due_at=DUE, delivered_at=at(delivered), calendar=CN, floor_rung=floor)
    assert shown(found) == expected


@given(due=st.dates(date(2025, 2, 1), date(2027, 11, 30)), lead=st.integers(-20, 60), floor=st.integers(0, 7))
def test_the_sweep_takes_exactly_the_rung_that_the_opening_announced(due: date, lead: int, floor: int) -> None:
    due_at = due_at_of_day(due)
    first = first_rung_at(DEFAULT, due_at=due_at, opened_at=due_at - timedelta(days=lead), floor_rung=floor, calendar=CN)
    assert first is not None
    decision = due_rung(DEFAULT, rung=0, due_at=due_at, now=first.at, calendar=CN, floor_rung=floor)
    assert decision.take == first.rung
    assert decision.skipped == first.skipped


def test_reasons_name_the_floor() -> None:
    decision = due_rung(DEFAULT, rung=0, due_at=DUE, now=at("2026-11-02 10:00"), calendar=CN, floor_rung=SUPERVISE)
    assert decision.reasons[-1] == "2026年9月30日（周三） 已到期；此前已到“督办”，延期或退回不降级"


DUE_DAYS = st.dates(date(2025, 2, 1), date(2026, 11, 30))
GAPS = st.lists(st.integers(1, 60 * 24 * 25), min_size=1, max_size=30)


@given(
    due=DUE_DAYS, lead=st.integers(-40, 40), floor=st.integers(0, 7), sweeps=GAPS, slow=st.integers(0, 60 * 24 * 4), which=st.sampled_from([DEFAULT, READINESS])
)
def test_a_simulated_revision_keeps_the_promises_of_the_ladder(due: date, lead: int, floor: int, sweeps: list[int], slow: int, which: Ladder) -> None:
    """Sweeps at arbitrary distances (outages included) and deliveries of arbitrary slowness."""
    due_at = due_at_of_day(due)
    now = due_at - timedelta(days=lead)
    first = first_rung_at(which, due_at=due_at, opened_at=now, floor_rung=floor, calendar=CN)
    assert first is not None
    rung = 0
    next_at: datetime | None = first.at
    taken: list[int] = []
    skipped: list[int] = []
    delivered: datetime | None = None
    for gap in sweeps:
        now += timedelta(minutes=gap)
        if next_at is None or now < next_at:
            continue
        decision = due_rung(which, rung=rung, due_at=due_at, now=now, calendar=CN, floor_rung=floor)
        skipped.extend(decision.skipped)
        rung = decision.rung_after
        if decision.take is None:
            next_at = decision.next_at
            continue
        step = decision.take
        if delivered is not None:
            assert now >= after_dwell(step, delivered, CN)
        assert now >= moment_of(step.when, due_at, CN)
        if step.before_deadline:
            assert now < due_at
        else:
            assert now >= due_at
            assert step.number >= min(floor, len(which.rungs))
        taken.append(step.number)
        delivered = now = now + timedelta(minutes=slow)
        next_at = next_rung_at(which, rung=rung, due_at=due_at, delivered_at=delivered, calendar=CN, floor_rung=floor)
    assert taken == sorted(set(taken))
    assert not set(taken) & set(skipped)
    assert len(set(skipped)) == len(skipped)
    assert all(which.rung(number).before_deadline for number in skipped)
    overdue = [number for number in taken if not which.rung(number).before_deadline]
    assert overdue == list(range(overdue[0], overdue[0] + len(overdue))) if overdue else True
    if overdue:
        assert overdue[0] == max(which.first_overdue or 0, min(floor, len(which.rungs)))


@given(due=DUE_DAYS, revisions=st.lists(st.tuples(st.integers(-5, 40), st.integers(1, 200)), min_size=1, max_size=5))
def test_no_revision_starts_below_what_an_earlier_one_reached(due: date, revisions: list[tuple[int, int]]) -> None:
    """Each revision moves the deadline on and is worked by daily sweeps with prompt delivery; its rung becomes the next one's floor."""
    due_at, opened_at, floor = due_at_of_day(due), due_at_of_day(due) - timedelta(days=30), 0
    for extension, days in revisions:
        rung, reached = 0, []
        first = first_rung_at(DEFAULT, due_at=due_at, opened_at=opened_at, floor_rung=floor, calendar=CN)
        assert first is not None
        next_at: datetime | None = first.at
        for day in range(days):
            now = opened_at + timedelta(days=day, hours=10)
            if next_at is None or now < next_at:
                continue
            decision = due_rung(DEFAULT, rung=rung, due_at=due_at, now=now, calendar=CN, floor_rung=floor)
            rung, next_at = decision.rung_after, decision.next_at
            if decision.take is not None:
                next_at = next_rung_at(DEFAULT, rung=rung, due_at=due_at, delivered_at=now, calendar=CN, floor_rung=floor)
                reached.append(decision.take)
        overdue = [step.number for step in reached if not step.before_deadline]
        assert all(number >= floor for number in overdue)
        floor = max(floor, *overdue) if overdue else floor
        opened_at += timedelta(days=days)
        due_at = max(due_at, opened_at) + timedelta(days=extension)


@given(due=DUE_DAYS, last=st.integers(0, 6), floor=st.integers(0, 6), late=st.integers(0, 400))
def test_a_sweep_asked_twice_answers_the_same_and_never_goes_down(due: date, last: int, floor: int, late: int) -> None:
    due_at = due_at_of_day(due)
    now = due_at + timedelta(days=late)
    first, second = (due_rung(DEFAULT, rung=last, due_at=due_at, now=now, calendar=CN, floor_rung=floor) for _ in range(2))
    assert first == second
    assert first.rung_after >= last


def test_a_ladder_of_reminders_only_ends_at_the_deadline() -> None:
    only = parse_ladder(DEFAULT.model_copy(update={"rungs": DEFAULT.rungs[:2]}).canonical, "x")
    assert only.first_overdue is None
    assert first_rung_at(only, due_at=DUE, opened_at=DUE, floor_rung=0, calendar=CN) is None
    assert next_rung_at(only, rung=2, due_at=DUE, delivered_at=DUE, calendar=CN, floor_rung=0) is None
    decision = due_rung(only, rung=0, due_at=DUE, now=DUE, calendar=CN, floor_rung=0)
    assert (decision.take, decision.skipped, decision.next_at) == (None, (1, 2), None)
    assert describe(only, DUE, DUE + timedelta(days=1), CN)[-1] == "不再提醒，也不督办"


def test_moments_are_aware_utc() -> None:
    first = first_rung_at(DEFAULT, due_at=DUE, opened_at=at("2026-09-01 10:00"), floor_rung=0, calendar=CN)
    assert first is not None
    assert first.at.tzinfo is UTC
