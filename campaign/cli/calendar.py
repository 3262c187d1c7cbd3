"""`campaign calendar`: which days are worked, and what is certain about them; every change computes again what hangs on it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from campaign.cli.desk import DAY, answer, by_of, only_campaign, opened
from campaign.cli.options import Reading, Writing, reads, writes
from campaign.cli.output import emit_json, say, show_table

if TYPE_CHECKING:
    from campaign.work.planning.calendar_change import Recomputed

COVERAGE = {"published": "已公布", "estimated": "未公布，暂按法定节假日推算"}


@click.command()
@click.option("--campaign", metavar="CAMPAIGN", help="看这个创建活动所用的日历。")
@click.option("--year", type=click.IntRange(2000, 2099), metavar="年份", help="列出这一年与周一至周五不同的日子。")
@reads
def show(campaign: str | None, year: int | None, ask: Reading) -> None:
    """查看工作日历：工作时间，各年放假安排是否已公布，哪些日子与平常不同。

    例：campaign calendar show --year 2026
    """
    from campaign.records.planning.calendars import DEFAULT, load_calendar

    with opened(ask) as store, store.read() as tx:
        name = only_campaign(tx, ask, campaign).calendar if campaign is not None else DEFAULT
        found = load_calendar(tx, name)
    years = [{"year": one, "coverage": found.coverage(one)} for one in range(found.first.year, found.last.year + 1)]
    unusual = [row for row in found.rows if row.day.year == year and (row.working != (row.day.weekday() < 5) or row.source == "override")]
    hours = "—".join(f"{hour}:{minute:02}" for hour, minute in found.hours)
    if ask.json:
        days = [{"day": row.day, "working": row.working, "note": row.note} for row in unusual]
        emit_json({"calendar": found.name, "hours": hours, "years": years, "days": days})
        return
    say(f"工作日历 {found.name}，工作时间 {hours}")
    show_table(("年份", "放假安排"), [(one["year"], COVERAGE[str(one["coverage"])]) for one in years])
    if year is not None:
        rows = [(row.day, f"周{'一二三四五六日'[row.day.weekday()]}", "上班" if row.working else "休息", row.note) for row in unusual]
        show_table(("日期", "", "", "说明"), rows, title=f"{year} 年与平常不同的日子")


_from = click.option("--from", "first", type=DAY, required=True, help="开始日期。")
_to = click.option("--to", "last", type=DAY, help="结束日期；默认只改一天。")
_working = click.option("--work/--rest", "working", required=True, help="上班或休息。")
_note = click.option("--note", default="", help="说明，如「集中整治期间周六上班」。")


@click.command(name="set")
@_from
@_to
@_working
@_note
@writes
def set_(first: date, last: date | None, working: bool, note: str, act: Writing) -> None:
    """改一天或几天，对全部创建活动有效；期限和督办时间随之重算。

    例：campaign calendar set --from 2026-09-19 --work --note 集中整治期间周六上班 --as 创建办
    """
    from campaign.rules.calendar import DayRow
    from campaign.work.planning.calendar_change import set_by_hand

    with opened(act) as store, store.begin() as tx:
        done = set_by_hand(tx, DayRow(first, working, note, "override"), _days(first, last), by_of(act))
    _answer(act, done)


@click.command(name="import")
@click.argument("file", metavar="文件.json", type=click.Path(path_type=Path, dir_okay=False))
@writes
def import_(file: Path, act: Writing) -> None:
    """导入公布的年度放假安排（通用 JSON）；推算的年份随之确定，期限和督办时间重算。手工改过的日子不变。

    例：campaign calendar import 2027.json --as 创建办
    """
    from campaign.rules.calendar_file import notice_rows
    from campaign.work.planning.calendar_change import import_notice

    rows = notice_rows(file.read_bytes(), file.name)
    with opened(act) as store, store.begin() as tx:
        done = import_notice(tx, rows, by_of(act))
    _answer(act, done)


@click.command()
@click.argument("campaign")
@_from
@_to
@_working
@_note
@writes
def overlay(campaign: str, first: date, last: date | None, working: bool, note: str, act: Writing) -> None:
    """只对一个创建活动改几天，如整改期间周末照常上班。

    例：campaign calendar overlay weisheng --from 2026-09-19 --to 2026-09-20 --work --note 整改期间周末上班 --as 创建办
    """
    from campaign.rules.calendar import DayRow
    from campaign.work.planning.calendar_change import set_by_hand

    with opened(act) as store, store.begin() as tx:
        found = only_campaign(tx, act, campaign)
        done = set_by_hand(tx, DayRow(first, working, note, "override"), _days(first, last), by_of(act), campaign=found)
    _answer(act, done)


@click.command(name="rest-days")
@click.argument("campaign")
@click.argument("way", type=click.Choice(("keep", "earlier", "later")), metavar="keep|earlier|later")
@writes
def rest_days(campaign: str, way: str, act: Writing) -> None:
    """期限落在休息日时怎么办：keep 不变（默认），earlier 提前到前一个工作日，later 顺延到后一个工作日。

    例：campaign calendar rest-days weisheng earlier --as 办公室主任
    """
    from campaign.rules.rest_days import RestDays
    from campaign.work.planning.calendar_change import set_rest_days

    with opened(act) as store, store.begin() as tx:
        done = set_rest_days(tx, only_campaign(tx, act, campaign), RestDays(way), by_of(act))
    _answer(act, done)


def _days(first: date, last: date | None) -> int:
    return ((last or first) - first).days + 1


def _answer(act: Writing, done: Recomputed) -> None:
    value: dict[str, Any] = {"days": done.days, "deadlines": done.deadlines, "rungs": done.rungs}
    answer(act, value, done.sentence + "。")
