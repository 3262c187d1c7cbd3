"""The rehearsal of a campaign: a plan, or what is live, played to its end on a scratch database; and what of it an administrator must know.

Owns the findings: who is drowned on which day, which deadlines fall on rest days, what the gates will say, how many papers there will be.
Refuses a plan that cannot be launched, with the launch's own reasons: a rehearsal of something else would prove nothing.
"""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from campaign.plan.spec import PlanSpec
from campaign.records.campaigns import find_campaign
from campaign.records.planning import registry
from campaign.records.planning.calendars import load_calendar
from campaign.records.running import played
from campaign.records.scratch import scratch_of, scratch_store
from campaign.records.store import Store
from campaign.records.tables import Campaign
from campaign.rules.calendar import CAMPAIGN_ZONE, WorkingCalendar, campaign_day, due_on
from campaign.rules.ladder_terms import AUDIENCES
from campaign.rules.stagger import MOST_A_DAY
from campaign.work.by import By
from campaign.work.planning.launch import launch
from campaign.work.rehearsal.people_model import People, Profile
from campaign.work.rehearsal.play import GateTold, Play, last_day
from campaign.work.rehearsal.rehearsal_words import GateWords, NoticeTold, PhaseSpan, Rehearsal, WeekLoad

MOST_MESSAGES = 3
PAPERS_A_MONTH = 30


def rehearse_plan(spec: PlanSpec, *, profile: Profile, seed: int, ladders: Path, start: datetime, until: datetime | None = None) -> Rehearsal:
    """Launch the plan on an empty database at `start`, and play it."""
    with scratch_store() as store:
        with store.begin() as tx:
            launched = launch(tx, spec, By("演练", start, "演练"), ladders=ladders, slug="rehearsal")
            campaign = find_campaign(tx, launched.campaign)
            campaign.live_at = start
            tx.add(campaign)
        return _play(store, campaign, profile, seed, start, until, launched.warnings)


def rehearse_live(live: Store, slug: str, *, profile: Profile, seed: int, now: datetime, until: datetime | None = None) -> Rehearsal:
    """What happens from now on with the campaign as it stands."""
    with live.read() as tx:
        campaign = find_campaign(tx, slug)
        assert campaign.id is not None
        campaign_id = campaign.id
    with scratch_of(live, campaign_id) as store:
        return _play(store, campaign, profile, seed, now, until, [])


def _play(store: Store, campaign: Campaign, profile: Profile, seed: int, start: datetime, until: datetime | None, warnings: list[str]) -> Rehearsal:
    assert campaign.id is not None
    play = Play(store, campaign.id, People(profile, seed))
    if until is None:
        with store.read() as tx:
            until = last_day(campaign, registry.duties_of_ids(tx, played.owed_ids(tx, campaign.id)), start)
    with _collecting_seldom():
        last = play.run(start, until)
        return _told(store, campaign, profile, seed, start, last, play, warnings)


@contextmanager
def _collecting_seldom() -> Iterator[None]:
    """A hundred thousand statements make rows, not cycles: looking for cycles among them as often as usual is a tenth of the whole time."""
    before = gc.get_threshold()
    gc.set_threshold(50_000, 20, 20)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _told(store: Store, campaign: Campaign, profile: Profile, seed: int, start: datetime, last: datetime, play: Play, warnings: list[str]) -> Rehearsal:
    assert campaign.id is not None
    with store.read() as tx:
        calendar = load_calendar(tx, campaign.calendar)
        phases = [PhaseSpan(one.name, _iso(one.starts_on), _iso(one.ends_on)) for one in registry.phases_of(tx, campaign)]
        lines = played.told(tx, campaign.id, start, last)
        due = played.due_days(tx, campaign.id, start)
        totals: dict[str, Any] = played.outcome_counts(tx, campaign.id)
        rungs = played.rungs_taken(tx, campaign.id)
    notices = _notices(lines)
    days = Counter[tuple[str, date]]()
    for row in due:
        if not row.office:
            days[row.unit, due_on(row.due_at)] += row.count
    totals |= {"rungs": dict(rungs), "notices": len({one.notice for one in notices}), "papers": len({one.number for one in notices if one.number}),
               "instants": play.instants}  # fmt: skip
    found = [*_drowned(days), *_on_rest_days(due, calendar), *_gate_words(play.gates), *_papers(notices), *_crowded(notices), *_estimated(due, calendar)]
    return Rehearsal(
        campaign.title, profile.value, seed, campaign_day(start).isoformat(), campaign_day(last).isoformat(), phases, notices, _load(due),
        [_gate(one) for one in play.gates], [*found, *_of_the_plan(warnings)], totals, _heavy(days),
        _rest_weeks(due, calendar),
    )  # fmt: skip


def _rest_weeks(due: Iterable[Any], calendar: WorkingCalendar) -> list[str]:
    days = {due_on(row.due_at) for row in due}
    mondays = sorted({day - timedelta(days=day.weekday()) for day in days})
    weeks = {monday: [monday + timedelta(days=offset) for offset in range(5)] for monday in mondays}
    return [
        monday.isoformat() for monday, five in weeks.items() if any(calendar.first <= day <= calendar.last and not calendar.is_working(day) for day in five)
    ]


def addressed_to(line: played.Told) -> str:
    """Whom the ladder addresses, and by name where people are registered."""
    audience = "、".join(AUDIENCES.get(word, word) for word in (line.audience or "").split(",") if word)
    names = "、".join(dict.fromkeys(one["name"] for one in line.recipients or () if one.get("name")))
    return f"{audience}（{names}）" if names else audience


def _notices(lines: Iterable[played.Told]) -> list[NoticeTold]:
    """A line each. What the lines of a paper, and the papers of a moment, have in common is put into words once: there are a hundred thousand."""
    at, day, to = cache(_minute), cache(_day_of), dict[int, str]()
    told = []
    for line in lines:
        if line.notice_id not in to:
            to[line.notice_id] = addressed_to(line)
        told.append(NoticeTold(
            at(line.at), line.rung_name or line.kind, line.unit, to[line.notice_id], line.duty, line.kind, line.notice_id, line.number, line.duty_id,
            day(line.due_at) if line.due_at else None, line.state,
        ))  # fmt: skip
    return told


def _minute(at: datetime) -> str:
    return at.astimezone(CAMPAIGN_ZONE).isoformat(timespec="minutes")


def _day_of(due_at: datetime) -> str:
    return due_on(due_at).isoformat()


def _load(due: Iterable[Any]) -> list[WeekLoad]:
    weeks = Counter[tuple[str, str, bool, date]]()
    for row in due:
        day = due_on(row.due_at)
        weeks[row.code, row.unit, bool(row.office), day - timedelta(days=day.weekday())] += row.count
    return [
        WeekLoad(unit, code, "{}-W{:02}".format(*monday.isocalendar()[:2]), monday.isoformat(), count, office)
        for (code, unit, office, monday), count in sorted(weeks.items(), key=lambda one: (one[0][3], one[0][0]))
    ]


def _of_the_plan(warnings: Iterable[str]) -> list[str]:
    """What the launch would say, in short: the check of the plan says it whole."""
    told = list(dict.fromkeys(warnings))
    units = [one for one in told if one.startswith("新建单位")]
    noted = [one for one in told if "[" in one and "]" in one]
    rest = [one for one in told if one not in units and one not in noted]
    if units:
        rest.insert(0, f"启动时将新建 {len(units)} 个单位，名册里都没有：请先导入名册或核对名称" if len(units) > 1 else units[0])
    if noted:
        rest.append(f"方案检查另有 {len(noted)} 条提示，不影响启动：核对方案时逐条列出")
    return rest


def _heavy(days: Counter[tuple[str, date]]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for (unit, day), count in sorted(days.items(), key=lambda one: (one[0][1], -one[1], one[0][0])):
        if count > MOST_A_DAY:
            found.setdefault(day.isoformat(), {})[unit] = count
    return found


def _drowned(days: Counter[tuple[str, date]]) -> list[str]:
    """The worst ten by name; of the rest, how many."""
    over = sorted(((count, unit, day) for (unit, day), count in days.items() if count > MOST_A_DAY), key=lambda one: (-one[0], one[2], one[1]))
    told = [f"{unit} {day.month} 月 {day.day} 日有 {count} 件到期" for count, unit, day in over[:10]]
    if len(over) > 10:
        told.append(f"另有 {len(over) - 10} 处单位在同一天有超过 {MOST_A_DAY} 件到期：可请办公室分散期限")
    return told


def _on_rest_days(due: Iterable[Any], calendar: WorkingCalendar) -> list[str]:
    """Deadlines that fall on days on which nobody works, by day."""
    resting = Counter[date]()
    for row in due:
        day = due_on(row.due_at)
        if calendar.first <= day <= calendar.last and not calendar.is_working(day):
            resting[day] += row.count
    told = []
    for day, count in sorted(resting.items()):
        note = calendar.row(day).note or "休息日"
        told.append(f"{day.month} 月 {day.day} 日（{note}）休息，有 {count} 件到期：最后一个工作日是 {_last_worked(day, calendar)}")
    return told


def _last_worked(day: date, calendar: WorkingCalendar) -> str:
    worked = calendar.add_working_days(day, -1)
    return f"{worked.month} 月 {worked.day} 日"


def _gate_words(gates: Iterable[GateTold]) -> list[str]:
    return [f"「{one.phase}」{_day(one.at)}不能转段：{'；'.join(one.decision.reasons)}（演练假定处理后转段）" for one in gates if one.assumed]


def _papers(notices: Iterable[NoticeTold]) -> list[str]:
    """Papers are a burden: units that get more of them in a month than anybody can answer."""
    months = Counter((one.unit, one.at[:7]) for one in {(one.unit, one.at[:7], one.number): one for one in notices if one.number}.values())
    over = sorted(((count, unit, month) for (unit, month), count in months.items() if count > PAPERS_A_MONTH), reverse=True)
    total = Counter(one.at[:7] for one in {one.number: one for one in notices if one.number}.values())
    told = [f"{unit} {_month(month)}将收到 {count} 件带文号的文书，超过每月 {PAPERS_A_MONTH} 件" for count, unit, month in over[:5]]
    if total:
        month, count = max(total.items(), key=lambda one: (one[1], one[0]))
        told.append(f"带文号的文书最多的月份是 {_month(month)}，共 {count} 件")
    return told


def _crowded(notices: Iterable[NoticeTold]) -> list[str]:
    days = Counter((unit, day) for unit, day, _ in {(one.unit, one.at[:10], one.notice) for one in notices})
    over = sorted(((count, unit, day) for (unit, day), count in days.items() if count > MOST_MESSAGES), reverse=True)
    return [f"{unit} {int(day[5:7])} 月 {int(day[8:])} 日一天将收到 {count} 份通知" for count, unit, day in over[:5]]


def _estimated(due: Iterable[Any], calendar: WorkingCalendar) -> list[str]:
    years = Counter[int]()
    for row in due:
        years[due_on(row.due_at).year] += row.count
    return [
        f"{year} 年放假安排未公布，暂按法定节假日推算，涉及 {count} 件：公布后在工作日历中导入，期限和督办时间会重算"
        for year, count in sorted(years.items())
        if calendar.first.year <= year <= calendar.last.year and calendar.coverage(year) == "estimated"
    ]


def _gate(one: GateTold) -> GateWords:
    outcome = "通过" if one.decision.may_close else "暂缓转段" if one.assumed else "带遗留问题转段"
    return GateWords(one.phase, campaign_day(one.at).isoformat(), outcome, list(one.decision.reasons), len(one.decision.leftovers), one.assumed)


def _day(at: datetime) -> str:
    day = campaign_day(at)
    return f"{day.month} 月 {day.day} 日"


def _month(month: str) -> str:
    """2026-12 → 2026 年 12 月."""
    return f"{int(month[:4])} 年 {int(month[5:])} 月"


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
