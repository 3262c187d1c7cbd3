"""`campaign units …`: the register of units and the people in them; importing it and looking at it; `unit_changes` has what happens to a unit."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from campaign.cli.desk import answer, by_of, opened, refuse_future
from campaign.cli.options import Reading, Writing, reads, writes
from campaign.cli.output import emit_json, say, show_table, warn

if TYPE_CHECKING:
    from campaign.records.people.rolls import UnitLine

SHOWN = 20


@click.command(name="import")
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@writes
def import_(path: Path, act: Writing) -> None:
    """从表格导入单位、上级、岗位、人员和电话（xlsx、xls、csv）。有一处不对就都不导入，逐条列出。

    列名：单位名称、编号、类别、上级单位、别名、岗位、姓名、手机、邮箱、账号。一人一行；岗位填单位联络员、单位主要负责人、
    分管领导、办公室等。文件里写到的岗位以文件为准，不在文件里的人视为已离任；没写到的单位不动。

    例：campaign units import 单位名册.xlsx --as 创建办
    """
    from campaign.work.people.roll_file import read_roll
    from campaign.work.people.roll_import import import_roll

    refuse_future(act)
    rows = read_roll(path)
    with opened(act) as store, store.begin() as tx:
        done = import_roll(tx, rows, by_of(act), path=path)
    value = {
        "file": path.name, "units": done.units, "created": done.created, "changed": done.changed, "persons": done.persons, "joined": done.joined,
        "left": done.left, "unreachable": done.unreachable,
    }  # fmt: skip
    nothing = not (done.created or done.changed or done.joined or done.left)
    moves = f"新建单位 {len(done.created)} 个，改动 {len(done.changed)} 处，到任 {len(done.joined)} 人，离任 {len(done.left)} 人"
    words = f"已导入 {done.units} 个单位、{done.persons} 人：{moves}。"
    answer(act, value, "名册与文件一致，没有变化。" if nothing else words)
    if act.json:
        return
    for line in (*done.changed[:SHOWN], *(f"离任 {name}" for name in done.left[:SHOWN])):
        say(f"  {line}")
    _tell_unreachable(done.unreachable)


def _tell_unreachable(names: list[str]) -> None:
    if names:
        more = f"等 {len(names)} 个单位" if len(names) > SHOWN else f" {len(names)} 个单位"
        warn(f"没有联系得上的人员：{'、'.join(names[:SHOWN])}{more}。发给它们的文书只能人工送达，请补登联络员和手机。")


@click.command(name="list")
@click.option("--kind", metavar="类别", help="只列这一类的，如 街道、社区。")
@click.option("--unreachable", is_flag=True, help="只列没有联系得上的人员的单位。")
@click.option("--all", "merged", is_flag=True, help="连同已合并和已撤销的。")
@reads
def list_(kind: str | None, unreachable: bool, merged: bool, ask: Reading) -> None:
    """单位名册：类别、上级、联络人，以及谁联系不上。

    例：campaign units list --unreachable
    """
    from campaign.records.people.rolls import list_units
    from campaign.rules.calendar import campaign_day

    with opened(ask) as store, store.read() as tx:
        everyone = list_units(tx, campaign_day(ask.now), kind=kind, merged=merged)
    rows = [row for row in everyone if not (unreachable and row.reachable)]
    if ask.json:
        emit_json([_value(row) for row in rows])
        return
    told = [(row.code, row.name, row.kind, row.parent, _people(row), "" if row.reachable else "联系不上") for row in rows]
    empty = "所列单位都有联系得上的人员。" if everyone else "没有单位，请运行 campaign units import 名册.xlsx"
    show_table(["编号", "单位", "类别", "上级", "人员", ""], told, title="单位名册", empty=empty)


def _value(row: UnitLine) -> dict[str, object]:
    return {
        "id": row.id, "code": row.code, "name": row.name, "kind": row.kind, "parent": row.parent, "state": row.state, "aliases": list(row.aliases),
        "persons": list(row.persons), "reachable": row.reachable,
    }  # fmt: skip


def _people(row: UnitLine) -> str:
    return "、".join(f"{one['post']} {one['name']}" for one in row.persons)
