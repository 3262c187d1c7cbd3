"""`campaign plan read`: a written plan becomes a PlanSpec, shown for review or written as YAML, JSON or a workbook."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from campaign.cli.output import emit_json, progress, refuse_overwriting, say, show, show_table, to_json
from campaign.disk import put_whole

if TYPE_CHECKING:
    from campaign.plan.intake import Attachment
    from campaign.plan.parts import PlanPart
    from campaign.plan.spec import PlanSpec


@click.command()
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--year", type=click.IntRange(2000, 2099), metavar="年份", help="方案的年份；原文没有写年份的日期按它计算。读取方案时必填。")
@click.option("--json", "json_", is_flag=True, help="输出 JSON，供程序读取。")
@click.option("--yaml", "yaml_", is_flag=True, help="输出 YAML，供手工修改和启动。")
@click.option("--xlsx", is_flag=True, help="输出任务分解表（Excel），须加 -o。")
@click.option("-o", "--output", "out", metavar="OUT", type=click.Path(path_type=Path), help="写到这个文件；按扩展名 .yaml、.json、.xlsx 决定格式。")
@click.option("--force", is_flag=True, help="OUT 已经存在时覆盖它。")
@click.option("--list", "list_", is_flag=True, help="文件里有几篇方案：只列出篇目。")
@click.option("--part", type=int, metavar="N", help="文件里有几篇方案时，读第几篇。")
@click.option(
    "--attach",
    "attached",
    multiple=True,
    metavar="文件：角色[：日期]",
    help="附加的文件，可多次；角色为 上级方案、任务分解表、测评体系、补充通知，日期为生效日。",
)
@click.option("--into", metavar="PLAN.yaml", type=click.Path(path_type=Path), help="FILE 是改过的任务分解表：把改动写回这个方案，注释保留。")
@click.option("--all", "show_all", is_flag=True, help="同一类问题全部列出。")
@click.pass_context
def read(
    ctx: click.Context,
    file: Path,
    year: int | None,
    json_: bool,
    yaml_: bool,
    xlsx: bool,
    out: Path | None,
    force: bool,
    list_: bool,
    part: int | None,
    attached: tuple[str, ...],
    into: Path | None,
    show_all: bool,
) -> None:
    """读取方案：Word、WPS、PDF、Excel、文本。

    不加输出选项时，在终端显示审阅页：组织机构、阶段、任务事项（空缺标红）、督办机制，以及带行号的问题。

    例：campaign plan read 工作方案.docx
    """
    from campaign.plan.intake import list_parts, read_file

    if list_:
        _list(list_parts(file), json_)
        return
    if into is not None:
        from campaign.cli.plan_workbook import read_back

        read_back(ctx, file, into, json_=json_, dry_run=False, remove=False)
        return
    if year is None:
        raise click.UsageError("请用 --year 给出方案的年份，如 --year 2026", ctx)
    form = _form(ctx, json_, yaml_, xlsx, out)
    if out is not None:
        refuse_overwriting(out, force)
    with progress("正在读取……"):
        spec = read_file(file, year=year, part=part)
        spec = _attach(spec, [_attachment(ctx, words) for words in attached], year)
    _deliver(spec, form, out, show_all)


def _form(ctx: click.Context, json_: bool, yaml_: bool, xlsx: bool, out: Path | None) -> str:
    asked = [name for name, wanted in (("json", json_), ("yaml", yaml_), ("xlsx", xlsx)) if wanted]
    if len(asked) > 1:
        raise click.UsageError("--json、--yaml、--xlsx 只能选一个", ctx)
    by_name = {".json": "json", ".yaml": "yaml", ".yml": "yaml", ".xlsx": "xlsx"}.get(out.suffix.lower()) if out else None
    if out and not asked and by_name is None:
        raise click.UsageError("看不出要写成什么格式：请加 --yaml、--json 或 --xlsx，或用这样的扩展名", ctx)
    form = asked[0] if asked else by_name or "review"
    if form == "xlsx" and out is None:
        raise click.UsageError("--xlsx 要用 -o 给出文件名", ctx)
    return form


def _attachment(ctx: click.Context, words: str) -> Attachment:
    from campaign.plan.intake import ROLES, Attachment

    parts = words.split(":")
    effective = None
    if len(parts) > 2:
        try:
            effective = date.fromisoformat(parts[-1])
            parts.pop()
        except ValueError as wrong:
            raise click.UsageError(f"--attach 的日期应写成 2026-09-01，现在是「{parts[-1]}」", ctx) from wrong
    role = ROLES.get(parts[-1]) or next((known for known in ROLES.values() if known == parts[-1]), None)
    if len(parts) < 2 or role is None:
        raise click.UsageError(f"--attach 应写成 文件：角色[：日期]，角色为 {'、'.join(ROLES)}；现在是「{words}」", ctx)
    return Attachment(Path(":".join(parts[:-1])), role, effective)


def _attach(spec: PlanSpec, attached: list[Attachment], year: int) -> PlanSpec:
    from campaign.plan.attach import attach
    from campaign.plan.intake import read_file
    from campaign.plan.keys import with_keys

    others = [read_file(one.path, year=year, role=one.role, effective=one.effective) for one in attached]
    return with_keys(attach(spec, others))


def _deliver(spec: PlanSpec, form: str, out: Path | None, show_all: bool) -> None:
    if form == "review":
        _review(spec, show_all)
    elif form == "xlsx":
        from campaign.plan.workbook import write_workbook

        assert out is not None
        write_workbook(spec, out)
        say(f"已写出 {out}：{len(spec.items)} 项任务。改好后用 campaign plan workbook {out} --into 方案.yaml 读回")
    else:
        from campaign.plan.yaml_text import to_yaml

        text = to_yaml(spec) if form == "yaml" else to_json(spec) + "\n"
        if out is None:
            say(text.removesuffix("\n"))
        else:
            put_whole(out, text.encode())
            say(f"已写出 {out}：{len(spec.phases)} 个阶段，{len(spec.items)} 项任务，{len(spec.warnings)} 处提示。下一步：campaign plan check {out}")


def _review(spec: PlanSpec, show_all: bool) -> None:
    from campaign.cli.plan_check import MAX_SHOWN, show_findings, verdict
    from campaign.plan.check import check_plan
    from campaign.plan.review import review
    from campaign.rules.calendar import campaign_day

    show(*review(spec))
    findings = check_plan(spec, today=campaign_day(datetime.now(UTC)))
    say("\n问题（行号为原文行号）：" if findings else "\n没有发现问题。")
    show_findings(findings, None if show_all else MAX_SHOWN)
    say(verdict(spec, findings))


def _list(parts: tuple[PlanPart, ...], json_: bool) -> None:
    rows = [(part.number, part.first_line, part.title) for part in parts]
    if json_:
        emit_json([{"part": number, "line": line, "title": title} for number, line, title in rows])
    else:
        show_table(("篇", "起始行", "题目"), rows, title="文件里的方案")
