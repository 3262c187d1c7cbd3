"""`campaign plan workbook`: the plan as a workbook, and corrected or answered workbooks back into the plan."""

from __future__ import annotations

from pathlib import Path

import click

from campaign.cli.options import as_json
from campaign.cli.output import emit_json, refuse_overwriting, say, show_table


@click.command()
@click.argument("files", metavar="FILE…", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("-o", "--output", "out", metavar="OUT.xlsx", type=click.Path(path_type=Path), help="写出的工作簿。")
@click.option("--force", is_flag=True, help="OUT 已经存在时覆盖它。")
@click.option("--by-unit", is_flag=True, help="每个单位一张表，用于征求意见。")
@click.option("--into", metavar="PLAN.yaml", type=click.Path(path_type=Path), help="把改过的任务分解表，或各单位填好的征求意见表，读回这个方案。")
@click.option("--apply", "apply_", is_flag=True, help="征求意见表：把没有冲突的建议写进方案（默认只列出）。")
@click.option("--remove", is_flag=True, help="任务分解表：表里删去的事项，也从方案里删去（默认只列出）。")
@click.option("--dry-run", is_flag=True, help="只列出会改什么，不改动方案。")
@as_json
@click.pass_context
def workbook(
    ctx: click.Context,
    files: tuple[Path, ...],
    out: Path | None,
    force: bool,
    by_unit: bool,
    into: Path | None,
    apply_: bool,
    remove: bool,
    dry_run: bool,
    json_: bool,
) -> None:
    """任务分解表：写出、读回；征求意见表：写出、汇总。

    \b
    写出任务分解表      campaign plan workbook 方案.yaml -o 任务分解表.xlsx
    改后读回            campaign plan workbook 任务分解表.xlsx --into 方案.yaml
    写出征求意见表      campaign plan workbook 方案.yaml --by-unit -o 征求意见.xlsx
    汇总各单位的意见    campaign plan workbook 甲局.xlsx 乙局.xlsx --into 方案.yaml
    """
    if into is None:
        if len(files) != 1 or out is None:
            raise click.UsageError("写出时给出一个方案和 -o 文件名；读回时给出工作簿和 --into 方案.yaml", ctx)
        refuse_overwriting(out, force)
        _write(files[0], out, by_unit, json_)
        return
    from campaign.plan.unit_sheets import is_answered

    if is_answered(files[0]):
        _collect(files, into, apply_ and not dry_run, json_)
    elif len(files) > 1:
        raise click.UsageError("任务分解表一次读回一份", ctx)
    else:
        read_back(ctx, files[0], into, json_=json_, dry_run=dry_run, remove=remove)


def _write(plan: Path, out: Path, by_unit: bool, json_: bool) -> None:
    from campaign.plan.yaml_edit import write_keys
    from campaign.plan.yaml_file import load_plan

    load_plan(plan)
    written = write_keys(plan)
    spec = load_plan(plan).spec
    if by_unit:
        from campaign.plan.unit_sheets import write_unit_sheets

        units = write_unit_sheets(spec, out)
        if json_:
            emit_json({"file": out, "units": [{"unit": unit, "rows": rows} for unit, rows in units]})
            return
        show_table(("单位", "任务数"), units, title=f"已写出 {out}：{len(units)} 个单位，每个单位一张表")
    else:
        from campaign.plan.workbook import write_workbook

        write_workbook(spec, out)
        if json_:
            emit_json({"file": out, "items": len(spec.items)})
            return
        say(f"已写出 {out}：{len(spec.items)} 项任务。")
    if written:
        say(f"方案里有 {written} 处没有 key，已补写，以便读回时对上。")


def read_back(ctx: click.Context, file: Path, into: Path, *, json_: bool, dry_run: bool, remove: bool) -> None:
    from campaign.plan.apply import apply_changes
    from campaign.plan.workbook import read_corrections
    from campaign.plan.yaml_file import load_plan

    found = read_corrections(file, load_plan(into).spec)
    removed = [item.key or "" for item in found.missing] if remove else []
    if not dry_run and (found.changes or found.added or removed):
        apply_changes(into, found.changes, added=found.added, removed=removed)
    if json_:
        emit_json(
            {
                "changes": [{"key": one.key, "title": one.title, "column": one.column, "old": one.old, "new": one.new} for one in found.changes],
                "added": [item.title for item in found.added],
                "missing": [{"key": item.key, "title": item.title} for item in found.missing],
                "removed": removed,
                "written": not dry_run,
            }
        )
        return
    show_table(("任务", "栏目", "原来", "改为"), [(one.title, one.column, one.old, one.new) for one in found.changes], title="改动", empty="没有")
    for item in found.added:
        say(f"新增：{item.title}")
    for item in found.missing:
        say(f"{'删去' if remove else '表里没有（方案里保留，加 --remove 才删去）'}：{item.title}")
    for key in found.unknown_keys:
        say(f"编号 {key} 在方案里找不到，这一行当作新增")
    done = "只列出，没有改动方案" if dry_run else f"已写入 {into}" if found.changes or found.added or removed else "方案没有改动"
    say(f"{len(found.changes)} 处改动，{len(found.added)} 项新增，{len(found.missing)} 项不在表里。{done}。")


def _collect(files: tuple[Path, ...], into: Path, apply_: bool, json_: bool) -> None:
    from campaign.plan.apply import apply_changes
    from campaign.plan.unit_sheets import read_answers
    from campaign.plan.yaml_file import load_plan

    answers = read_answers(files, load_plan(into).spec)
    accepted = answers.accepted
    if apply_ and accepted:
        apply_changes(into, accepted)
    if json_:
        shown = ("unit", "key", "title", "opinion", "column", "old", "new", "reason", "rivals")
        proposals = [{name: getattr(proposal, name) for name in shown} for proposal in answers.proposals]
        emit_json({"proposals": proposals, "agreed": answers.agreed, "silent": answers.silent, "applied": len(accepted) if apply_ else 0})
        return
    rows = [
        (one.unit, one.title, one.opinion, one.column, one.old, one.new, one.reason, f"与 {'、'.join(one.rivals)} 不一致" if one.rivals else "")
        for one in answers.proposals
    ]
    show_table(("单位", "任务", "意见", "栏目", "原来", "建议", "理由", "冲突"), rows, title="各单位的意见", empty="没有修改意见")
    for unit, count in answers.agreed.items():
        say(f"同意：{unit} {count} 项")
    if answers.silent:
        say(f"没有填写：{'、'.join(answers.silent)}")
    for key in answers.unknown_keys:
        say(f"编号 {key} 在方案里找不到，没有采用")
    clashing = sum(bool(one.rivals) for one in answers.proposals)
    done = f"{len(accepted)} 条已写入 {into}" if apply_ else f"{len(accepted)} 条没有冲突，加 --apply 写入方案"
    say(f"共 {len(answers.proposals)} 条意见，{clashing} 条互相冲突；{done}。")
