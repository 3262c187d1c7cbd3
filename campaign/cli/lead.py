"""`campaign split`: parts of a duty for the units below. `campaign lead`: what a lead unit sees, reminds and compiles."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from campaign.cli.desk import DAY, NUMBER, answer, by_of, local, opened, refuse_future_of_duty
from campaign.cli.options import Reading, Writing, reads, writes
from campaign.cli.output import emit_json, say, show_table
from campaign.errors import NotFound

if TYPE_CHECKING:
    from typing import Any

    from sqlmodel import Session

A_LIST = 200
_FILES = click.argument("files", metavar="FILE…", nargs=-1, type=click.Path(path_type=Path, dir_okay=False))


@click.command()
@click.argument("duty", metavar="DUTY")
@click.option("--to", "units", metavar="单位", multiple=True, help="直接下属单位的名称或编码，可写多次。")
@click.option("--all", "everybody", is_flag=True, help="分解给全部直接下属单位。")
@click.option("--due", type=DAY, help="下级的期限，不晚于本单位的；不写则与本单位相同。")
@click.option("--undo", is_flag=True, help="撤销分解（下级还没有开始办理时）。")
@writes
def split(duty: str, units: tuple[str, ...], everybody: bool, due: date | None, undo: bool, act: Writing) -> None:
    """把本单位的一项应办事项分解给下属单位（一层）。下级都办结后，本单位才能报送。

    例：campaign split 128 --to 示例一社区 --to 示例二社区 --due 2026-09-20 --as 示例街道干部
    """
    from campaign.records.campaigns import find_duty, need_unit
    from campaign.records.duty.splits import units_below
    from campaign.rules.calendar import due_at_of_day
    from campaign.work.duty.split import split_duty, undo_split

    if undo == bool(units or everybody):
        raise click.UsageError("请用 --to 单位（或 --all）指明分解给谁，或用 --undo 撤销", click.get_current_context())
    with opened(act) as store, store.begin() as tx:
        found = find_duty(tx, duty)
        refuse_future_of_duty(tx, act, found.campaign_id)
        if undo:
            count = undo_split(tx, found, by_of(act))
            value: dict[str, object] = {"id": found.id, "undone": count}
            words = f"#{found.id}「{found.title}」已撤销分解，{count} 项下级事项取消。"
        else:
            chosen = units_below(tx, found.unit_id) if everybody else [need_unit(tx, name) for name in units]
            parts = split_duty(tx, found, chosen, by_of(act), due_at=due_at_of_day(due) if due else None)
            names = {unit.id: unit.name for unit in chosen}
            value = {"id": found.id, "parts": [{"id": part.id, "unit": names[part.unit_id], "due_at": local(part.due_at, act)} for part in parts]}
            words = f"#{found.id}「{found.title}」已分解给 {len(parts)} 个下属单位；都办结后，本单位才能报送。"
    answer(act, value, words)


@click.command(name="show")
@click.argument("unit", metavar="单位")
@click.option("--item", "item_id", type=NUMBER, metavar="编号", help="只看一项任务：各责任单位的进展。")
@reads
def show_led(unit: str, item_id: int | None, ask: Reading) -> None:
    """牵头单位的任务和各责任单位的进展：谁逾期、谁已报送。

    例：campaign lead show 示例教育局 --item 7
    """
    from campaign.records.campaigns import need_unit
    from campaign.records.pages import leading
    from campaign.records.planning.calendars import load_calendar
    from campaign.rules.calendar import yellow_through

    counted = ("red", "yellow", "submitted", "returned", "done", "total")
    with opened(ask) as store, store.read() as tx:
        lead, until = need_unit(tx, unit), yellow_through(ask.now, load_calendar(tx))
        if item_id is None:
            items = leading.led_items(tx, [lead.id], limit=A_LIST)
            counts = leading.counts_of_items(tx, [row.id for row in items], ask.now, until) if items else {}
            rows = [{"id": row.id, "title": row.title} | {name: counts.get(row.id, {}).get(name, 0) for name in counted} for row in items]
        else:
            _led_item(tx, item_id, lead.id, lead.name)
            rows = [
                {"unit": row.unit} | {name: getattr(row, name) for name in counted} for row in leading.units_of_item(tx, item_id, ask.now, until, limit=A_LIST)
            ]
    if ask.json:
        emit_json({"unit": lead.name, "rows": rows})
        return
    if not rows:
        say(f"「{lead.name}」没有牵头的任务。")
        return
    first = ("编号", "任务") if item_id is None else ("单位",)
    show_table((*first, "逾期", "临近", "待审核", "退回", "已办结", "合计"), [tuple(row.values()) for row in rows])


@click.command()
@click.argument("item_id", metavar="任务编号", type=NUMBER)
@click.option("--unit", "units", metavar="单位", multiple=True, help="只提醒这些单位；不写则提醒全部未报送的。")
@writes
def remind(item_id: int, units: tuple[str, ...], act: Writing) -> None:
    """牵头单位提醒还没有报送的责任单位；同一事项一天提醒一次，计入每单位每天 3 条的上限。

    例：campaign lead remind 7 --unit 示例街道 --as 示例教育局干部
    """
    from campaign.records.campaigns import need_unit
    from campaign.work.duty.lead import remind_units

    with opened(act) as store, store.begin() as tx:
        _led_item(tx, item_id)
        told, known = remind_units(tx, item_id, by_of(act), unit_ids={need_unit(tx, name).id for name in units} or None)
    named = "、".join(told)
    words = f"已提醒 {len(told)} 个单位{f'：{named}' if told else ''}。" + (f"今天已提醒过、没有重复：{'、'.join(known)}。" if known else "")
    answer(act, {"item": item_id, "reminded": told, "already": known}, words)


@click.command(name="compile")
@click.argument("duty", metavar="DUTY")
@_FILES
@click.option("--part", "parts", type=NUMBER, multiple=True, metavar="版本编号", help="用哪些审核通过的版本；不写则用全部。")
@click.option("--note", default="", metavar="文字", help="汇总说明。")
@writes
def compile_(duty: str, files: tuple[Path, ...], parts: tuple[int, ...], note: str, act: Writing) -> None:
    """汇总报送：牵头单位把各单位审核通过的材料连同汇总件一起报送。

    例：campaign lead compile 130 汇总报告.docx --note 全区情况 --as 示例教育局干部
    """
    from campaign.cli.hand_in import keep_files
    from campaign.records.campaigns import find_duty
    from campaign.records.pages import leading
    from campaign.work.duty.lead import compile_parts

    with opened(act) as store:
        kept = keep_files(act, files)
        with store.begin() as tx:
            found = find_duty(tx, duty)
            refuse_future_of_duty(tx, act, found.campaign_id)
            chosen = parts or [row.id for row in leading.accepted_parts(tx, found.item_id or 0, found.unit_id)]
            version = compile_parts(tx, found, chosen, kept, by_of(act), note=note)
            value = {"id": found.id, "version": version.version, "parts": sorted(set(chosen)), "sha256": version.sha256}
            words = f"#{found.id}「{found.title}」已汇总 {len(set(chosen))} 份材料，报送第 {version.version} 版，等待审核。"
    answer(act, value, words)


def _led_item(tx: Session, item_id: int, lead_id: int | None = None, name: str = "") -> Any:
    from campaign.records.pages.leading import item_facts

    found = item_facts(tx, item_id)
    if found is None or (lead_id is not None and found.lead_id != lead_id):
        whose = f"「{name}」牵头的" if name else ""
        raise NotFound(f"没有{whose}任务 {item_id}：请用 campaign lead show 单位 查看编号。", code="no_item", asked=item_id)
    return found
