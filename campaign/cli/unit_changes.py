"""`campaign units rename|merge|split|abolish`: what happens to a unit in a reform, and who goes on with its work.

Owns how a move is shown: duty by duty with its new owner, so that `--dry-run` is the list to sign before it is done.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from campaign.cli.desk import answer, by_of, opened, refuse_future
from campaign.cli.options import Writing, writes
from campaign.cli.output import say, show_table, warn

if TYPE_CHECKING:
    from campaign.work.people.hand_over import HandedOver

SHOWN = 40
_unit = click.argument("unit", metavar="UNIT")
_table = click.option("--table", type=click.Path(path_type=Path, dir_okay=False), help="逐项写明承接单位的表（xlsx 或 csv，列名「编号」「承接单位」）。")
_make = click.option("--make-table", "blank", type=click.Path(path_type=Path, dir_okay=False), help="只生成待填的表，不改动任何内容。")


@click.command()
@_unit
@click.argument("name", metavar="NAME")
@writes
def rename(unit: str, name: str, act: Writing) -> None:
    """单位更名；旧名保留为别名，仍然找得到，已发出的文书保留旧名。

    例：campaign units rename 区工信局 区经信局 --reason 机构改革 --as 创建办
    """
    from campaign.records.campaigns import need_unit
    from campaign.work.people.roll_change import rename_unit

    refuse_future(act)
    with opened(act) as store, store.begin() as tx:
        found = need_unit(tx, unit)
        old = found.name
        rename_unit(tx, found, name, by_of(act))
        value = {"code": found.code, "from": old, "name": found.name}
    answer(act, value, f"「{old}」已更名为「{value['name']}」，旧名保留为别名。" if old != value["name"] else "名称没有变化。")


@click.command()
@_unit
@click.argument("into", metavar="INTO")
@writes
def merge(unit: str, into: str, act: Writing) -> None:
    """把一个单位并入另一个：未办结的事项连同期限和督办级别一起转过去，重复的取消；人员和账号一起转入。

    --dry-run 逐项列出转移什么。合并双方各有主要负责人时，并入方的记为分管领导。

    例：campaign units merge 区旅游局 区文旅局 --reason 机构改革 --as 创建办
    """
    from campaign.records.campaigns import need_unit
    from campaign.work.people.roll_change import merge_units

    refuse_future(act)
    with opened(act) as store, store.begin() as tx:
        found, heir = need_unit(tx, unit), need_unit(tx, into)
        name, heir_name = found.name, heir.name
        done = merge_units(tx, found, heir, by_of(act))
    _tell(act, done, {"unit": name, "into": heir_name}, f"「{name}」已并入「{heir_name}」")


@click.command()
@_unit
@click.option("--to", "heir", metavar="单位", help="全部由这个单位承接；与 --table 同用时，承接表里没有写到的。")
@_table
@_make
@writes
def abolish(unit: str, heir: str | None, table: Path | None, blank: Path | None, act: Writing) -> None:
    """撤销单位：每项未办结的事项都要有承接单位，否则不予撤销。

    --to 指定一个单位全部承接（人员、账号一起转入），--table 逐项指定；--dry-run 逐项列出转移什么。

    例：campaign units abolish 区旅游局 --to 区文旅局 --reason 机构改革 --as 创建办
    """
    from campaign.records.campaigns import need_unit
    from campaign.work.people.hand_over import Heirs
    from campaign.work.people.heirs_file import read_heirs
    from campaign.work.people.roll_change import abolish_unit

    refuse_future(act)
    with opened(act) as store, store.begin() as tx:
        found = need_unit(tx, unit)
        if blank is not None:
            _write_blank(tx, found, blank, act)
            return
        rest = need_unit(tx, heir) if heir else None
        heirs = read_heirs(tx, table, found, rest) if table else Heirs(rest=rest)
        name = found.name
        done = abolish_unit(tx, found, heirs, by_of(act))
    _tell(act, done, {"unit": name, "into": rest.name if rest else None}, f"「{name}」已撤销")


@click.command()
@_unit
@_table
@_make
@writes
def split(unit: str, table: Path | None, blank: Path | None, act: Writing) -> None:
    """拆分单位：承接表里写到的事项转给别的单位，其余的、人员和账号留在原单位。

    先用 --make-table 生成待填的表；承接的单位须先登记（campaign units import）。

    例：campaign units split 区住建局 --table 承接表.csv --reason 职能划转 --as 创建办
    """
    from campaign.records.campaigns import need_unit
    from campaign.work.people.heirs_file import read_heirs
    from campaign.work.people.roll_change import split_unit

    refuse_future(act)
    if table is None and blank is None:
        raise click.UsageError("请用 --table 指定承接表，或用 --make-table 生成一份", click.get_current_context())
    with opened(act) as store, store.begin() as tx:
        found = need_unit(tx, unit)
        if blank is not None or table is None:
            _write_blank(tx, found, blank or Path("承接表.csv"), act)
            return
        name = found.name
        done = split_unit(tx, found, read_heirs(tx, table, found, None), by_of(act))
    _tell(act, done, {"unit": name}, f"「{name}」的一部分事项已划出")


def _write_blank(tx: Any, unit: Any, path: Path, act: Writing) -> None:
    from campaign.work.people.heirs_file import open_work, write_table

    rows = open_work(tx, unit)
    write_table(path, rows)
    answer(act, {"unit": unit.name, "file": str(path), "rows": len(rows)}, f"已写出「{unit.name}」未办结的 {len(rows)} 项到 {path}：请填写「承接单位」一列。")


def _tell(act: Writing, done: HandedOver, value: dict[str, Any], head: str) -> None:
    counts = {"moved": done.moved, "cancelled": done.cancelled, "series": done.series, "papers": done.papers}
    moves = [{"duty": one.duty_id, "title": one.title, "to": one.to, "same_as": one.same_as} for one in done.moves]
    people = {"persons": done.persons, "stayed": done.stayed, "logins": done.logins}
    words = f"{head}：转移事项 {done.moved} 项，取消重复的 {done.cancelled} 项，定期事项 {done.series} 个"
    words += f"，转入人员 {len(done.persons)} 人、账号 {len(done.logins)} 个。" if done.persons or done.logins else "。"
    answer(act, value | counts | people | {"moves": moves}, words)
    if act.json:
        return
    rows = [(one.duty_id, one.title, one.to, f"取消，以 #{one.same_as} 为准" if one.same_as else "") for one in done.moves]
    show_table(["编号", "事项", "承接单位", ""], rows[:SHOWN], empty="没有未办结的事项")
    if len(rows) > SHOWN:
        say(f"共 {len(rows)} 项，以上是前 {SHOWN} 项；加 --json 全部列出。")
    if done.persons:
        say(f"转入人员：{'、'.join(done.persons[:SHOWN])}")
    if done.stayed:
        warn(f"还没有转到别的单位的人员：{'、'.join(done.stayed[:SHOWN])}。请用 campaign units import 登记他们的新单位。")
