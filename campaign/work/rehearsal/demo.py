"""The sample campaign: launched as of twenty days ago, and played forward to now through the real passes and use cases.

Owns the day of a small office: passes at nine and five, units hand in between, the office reviews and signs. What people do is in
`demo_people.py`. How far it was played is kept with the campaign, so a start that was interrupted goes on and a finished one is left alone.
Refuses to touch a campaign of its slug that somebody launched by hand. Papers leave by the file channel only: these people do not exist.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from sqlmodel import Session

from campaign.errors import Conflict
from campaign.plan.spec import PlanSpec
from campaign.records.campaigns import list_campaigns
from campaign.records.pages import views
from campaign.records.papers import digests
from campaign.records.papers.notices import due_deliveries, find_notice
from campaign.records.planning import registry as register
from campaign.records.planning.calendars import load_calendar
from campaign.records.running import pass_runs, sweeping
from campaign.records.store import Store
from campaign.records.tables import Campaign
from campaign.rules.calendar import CAMPAIGN_ZONE, campaign_day
from campaign.work.by import By
from campaign.work.papers.signing import sign_notice
from campaign.work.people.roll_file import RollRow
from campaign.work.people.roll_import import import_roll
from campaign.work.planning.launch import launch
from campaign.work.rehearsal import demo_acts
from campaign.work.rehearsal.demo_people import DIRECTOR, OFFICE, SCRIPT
from campaign.work.running.pass_steps import Services
from campaign.work.running.passes import PassRequest, run_pass
from campaign.work.upkeep.seal import seal_events

if TYPE_CHECKING:
    from campaign.evidence.files import FileStore

SLUG = "wanglan"
DAYS = 20
LAUNCH_AT, PASSES_AT = time(8, 30), (time(9, 0), time(17, 0))
UNITS_AT, OFFICE_AT = (time(10, 5), time(15, 5)), (time(11, 5), time(16, 5))
SIGNED_AFTER = 2
MOST_ROUNDS = 4


@dataclass(frozen=True, slots=True)
class Sample:
    """The files of the sample, read; and where ladders are found."""

    spec: PlanSpec
    roll: list[RollRow]
    roll_path: Path
    ladders: Path


def play_sample(store: Store, sample: Sample, files: FileStore, services: Services, now: datetime, on_day: Callable[[int, int], None] | None = None) -> bool:
    """False when there was nothing to do: it is played already, or the slug is somebody else's."""
    played_until = _begin(store, sample, now)
    if played_until is None:
        return False
    first, today = campaign_day(played_until), campaign_day(now)
    total = (today - first).days + 1
    for passed in range(total):
        day = first + timedelta(days=passed)
        for at, act in _moments(day):
            if played_until < at <= now:
                _act(store, act, at, files, services)
        _note(store, min(datetime.combine(day, time(23, 59), CAMPAIGN_ZONE), now))
        if on_day is not None:
            on_day(passed + 1, total)
    with store.read() as tx:
        ready = demo_acts.for_the_picture(tx, _campaign(tx), now)
    kept = demo_acts.keep_papers(files, ready)
    with store.begin() as tx:
        demo_acts.hand_in_all(tx, ready, kept, now)
        demo_acts.close_the_picture(tx, _campaign(tx), now)
    _work(store, now, services)
    seal_events(store, now)
    _note(store, now, done=True)
    return True


def _begin(store: Store, sample: Sample, now: datetime) -> datetime | None:
    """Launch it, or find how far it was played; None when it is to be left alone."""
    with store.begin() as tx:
        known = next((row for row in list_campaigns(tx, discarded=True) if row.slug == SLUG), None)
        if known is None:
            start = datetime.combine(campaign_day(now) - timedelta(days=DAYS), LAUNCH_AT, CAMPAIGN_ZONE)
            import_roll(tx, sample.roll, By(OFFICE, start, "示例"), path=sample.roll_path)
            launch(tx, sample.spec, By(OFFICE, start, "示例"), ladders=sample.ladders, slug=SLUG)
            known = _campaign(tx)
            known.settings = known.settings | {"sample_played": start.isoformat()}
            tx.add(known)
            return start
        noted = known.settings.get("sample_played")
        return None if noted is None or known.settings.get("sample_done") else datetime.fromisoformat(noted)


def _note(store: Store, at: datetime, *, done: bool = False) -> None:
    with store.begin() as tx:
        campaign = _campaign(tx)
        campaign.settings = campaign.settings | {"sample_played": at.isoformat()} | ({"sample_done": True} if done else {})
        tx.add(campaign)


def _campaign(tx: Session) -> Campaign:
    return next(row for row in list_campaigns(tx) if row.slug == SLUG)


def _moments(day: date) -> list[tuple[datetime, str]]:
    moments = [(at, "passes") for at in PASSES_AT] + [(at, "units") for at in UNITS_AT] + [(at, "office") for at in OFFICE_AT]
    return sorted((datetime.combine(day, at, CAMPAIGN_ZONE), act) for at, act in moments)


def _act(store: Store, act: str, at: datetime, files: FileStore, services: Services) -> None:
    if act == "passes":
        _work(store, at, services)
        return
    with store.read() as tx:
        campaign = _campaign(tx)
        calendar = load_calendar(tx, campaign.calendar)
        if not calendar.is_working(campaign_day(at)):
            return
        ready = demo_acts.ready_to_hand_in(tx, campaign, at) if act == "units" else []
    kept = demo_acts.keep_papers(files, ready)
    with store.begin() as tx:
        campaign = _campaign(tx)
        if act == "units":
            demo_acts.acknowledge_what_came(tx, campaign, at)
            demo_acts.hand_in_all(tx, ready, kept, at)
        else:
            demo_acts.review_what_waits(tx, campaign, at)
            _office_day(tx, campaign, at)


def _office_day(tx: Session, campaign: Campaign, at: datetime) -> None:
    _sign_what_waits(tx, campaign, at)
    if at.timetz().replace(tzinfo=None) == OFFICE_AT[1]:
        demo_acts.pass_the_first_gate(tx, campaign, at)
        return
    worked = load_calendar(tx, campaign.calendar).working_days_between(campaign_day(campaign.launched_at), campaign_day(at))
    for scene in SCRIPT:
        if scene.day == worked:
            demo_acts.play_scene(tx, campaign, scene, at)


def _work(store: Store, at: datetime, services: Services) -> None:
    """What is due for this campaign, until nothing is: a refused channel makes the next one due at once."""
    for _ in range(MOST_ROUNDS):
        requests = list(_due(store, at))
        for request in requests:
            run_pass(store, request, services=services)
        if not requests:
            return


def _due(store: Store, at: datetime) -> Iterator[PassRequest]:
    """As the clock would ask, for this campaign alone: other campaigns in the folder have another time."""
    with store.read() as tx:
        campaign = _campaign(tx)
        phases = [key for slug, key in pass_runs.due_phases(tx, campaign_day(at), at) if slug == SLUG]
        supervision = sweeping.count_due(tx, at, campaign.id) > 0
        horizon = campaign_day(at) + timedelta(days=14)
        supervision = supervision or bool(register.growing_series(tx, horizon, campaign_id=campaign.id, unit_ids=None, phase_id=None))
        supervision = supervision or bool(digests.due(tx, at, campaign.id))
        bulletin = campaign.next_bulletin_at is not None and campaign.next_bulletin_at <= at
        sending = due_deliveries(tx, at, campaign.id) > 0
    yield from (PassRequest("phase", SLUG, key, at, "clock", "到期") for key in phases)
    for name, due in (("supervision", supervision), ("bulletin", bulletin)):
        if due:
            yield PassRequest(name, SLUG, None, at, "clock", "到期")
    if sending or phases or supervision or bulletin:
        yield PassRequest("delivery", SLUG, None, at, "clock", "到期")


def _sign_what_waits(tx: Session, campaign: Campaign, at: datetime) -> None:
    """The director signs after two working days, but the newest draft still lies on the desk when the curtain rises."""
    calendar = load_calendar(tx, campaign.calendar)
    drafts = sorted(views.notices_of(tx, campaign, states=("draft",)), key=lambda row: row.id)
    for row in drafts[:-1]:
        if calendar.working_days_between(campaign_day(row.created_at), campaign_day(at)) < SIGNED_AFTER:
            continue
        try:
            sign_notice(tx, find_notice(tx, row.id), By(DIRECTOR, at))
        except Conflict:
            continue  # an earlier paper is still on its way


def file_only(services: Services) -> Services:
    """The same way out, with every sending by the file channel; and in few batches, as nobody looks at these passes while they run."""
    assert services.send is not None
    send = services.send
    return replace(
        services, send=lambda outgoings, people, at: send([replace(one, channel="file") for one in outgoings], people, at), tables=False, most_batches=1
    )
