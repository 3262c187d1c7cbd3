"""What every command with a database does first and last: open the records, say who acts, guard `--now`, answer.

Owns the rule that nobody acts in the future unless in a rehearsal, and what `--dry-run` means: the command runs whole on a `TrialStore`, and
nothing of it stays. Refuses to know any single command.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import click

from campaign.cli.options import Reading, Writing
from campaign.cli.output import emit_json, say
from campaign.errors import NotAllowed, NotFound
from campaign.rules.years import YEARS

if TYPE_CHECKING:
    from sqlmodel import Session

    from campaign.records.store import Store
    from campaign.records.tables import Campaign
    from campaign.work.by import By

TRIAL = "（试运行，没有保存）"


class Day(click.ParamType[date]):
    """A day, written as in 2026-09-30."""

    name = "日期"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            day = date.fromisoformat(str(value).strip())
        except ValueError:
            self.fail(f"「{value}」应写成 2026-09-30", param, ctx)
        if day.year not in YEARS:
            self.fail(f"「{value}」的年份应在 {YEARS[0]} 至 {YEARS[-1]} 之间", param, ctx)
        return day


class Number(click.ParamType[int]):
    """The number of a row, as lists show it."""

    name = "编号"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        text = str(value).strip().lstrip("#")
        if not text.isdecimal() or len(text) > LONGEST_NUMBER:
            self.fail(f"「{value}」应是清单里的编号，如 12", param, ctx)
        return int(text)


DAY, NUMBER = Day(), Number()
LONGEST_NUMBER = 18
"""Digits; no row has a longer number."""


@contextmanager
def opened(ask: Reading) -> Iterator[Store]:
    """The records, created and migrated when they are not there yet; with --dry-run a trial that is undone."""
    from campaign.records.store import Store

    store = Store.open(ask.data_dir, ask.settings.database_url)
    try:
        if isinstance(ask, Writing) and ask.dry_run:
            from campaign.records.trial import trial_of

            with trial_of(store) as trial:
                yield trial
        else:
            yield store
    finally:
        store.close()


def by_of(act: Writing) -> By:
    from campaign.work.by import By

    return By(act.actor, act.now, act.reason or "")


def named_campaign(tx: Session, ask: Reading, wanted: str) -> Campaign:
    """The campaign that is meant, if its time may be `ask.now`."""
    from campaign.records.campaigns import find_campaign

    found = find_campaign(tx, wanted)
    refuse_future(ask, found.title, rehearsal=found.rehearsal)
    return found


def chosen_campaign(tx: Session, ask: Reading, wanted: str | None) -> Campaign | None:
    """The one that is named, or None for all; all of them have no other time than the clock's."""
    if wanted is not None:
        return named_campaign(tx, ask, wanted)
    refuse_future(ask)
    return None


def only_campaign(tx: Session, ask: Reading, wanted: str | None) -> Campaign:
    """The one that is named, else the only one there is."""
    if wanted is not None:
        return named_campaign(tx, ask, wanted)
    from campaign.records.campaigns import list_campaigns

    rows = list_campaigns(tx)
    if not rows:
        raise NotFound("还没有创建活动：请先运行 campaign launch 方案.yaml，或 campaign demo 建立示例活动。", code="no_campaign")
    if len(rows) > 1:
        listed = "、".join(f"{row.slug}（{row.title}）" for row in rows[:8])
        raise NotFound(f"有 {len(rows)} 个创建活动，请指明是哪一个：{listed}。", code="ambiguous_campaign")
    refuse_future(ask, rows[0].title, rehearsal=rows[0].rehearsal)
    return rows[0]


def refuse_future(ask: Reading, title: str | None = None, *, rehearsal: bool = False) -> None:
    """A time ahead of the clock exists in rehearsals only: a real unit must not be told today what is due next month."""
    if rehearsal or not ask.now_given or ask.now <= datetime.now(UTC):
        return
    told = ask.now.astimezone(ask.settings.zone).strftime("%Y-%m-%d %H:%M")
    if title is None:
        raise NotAllowed(f"--now（{told}）晚于现在：将来的时间只用于演练，请用 --campaign 指定一个用 launch --rehearsal 启动的活动。", code="future")
    raise NotAllowed(f"--now（{told}）晚于现在，而「{title}」不是演练：去掉 --now，或用 campaign launch --rehearsal 另行启动一个演练。", code="future")


def refuse_future_of_duty(tx: Session, ask: Reading, campaign_id: int) -> None:
    from campaign.records.tables import Campaign

    campaign = tx.get_one(Campaign, campaign_id)
    refuse_future(ask, campaign.title, rehearsal=campaign.rehearsal)


def answer(act: Reading, value: dict[str, Any], *sentences: str) -> None:
    """What was done: as JSON for programs, as sentences for people. A trial says that it was one."""
    trial = isinstance(act, Writing) and act.dry_run
    if act.json:
        emit_json(value | {"dry_run": True} if trial else value)
        return
    for number, sentence in enumerate(sentences):
        say(sentence + TRIAL if trial and number == 0 else sentence)


def local(at: datetime | None, ask: Reading) -> str | None:
    """A moment as ISO in the campaign's zone."""
    return None if at is None else at.astimezone(ask.settings.zone).isoformat(timespec="seconds")


def shown(at: datetime | None, ask: Reading) -> str:
    """A moment as people read it."""
    return "" if at is None else at.astimezone(ask.settings.zone).strftime("%m-%d %H:%M")
