"""`campaign plan check`: what keeps a plan from being launched, by name and line.

Owns the printed look of findings. Needs no database and no settings, so it answers at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from campaign.cli.options import as_json
from campaign.cli.output import emit_json, say

if TYPE_CHECKING:
    from campaign.plan.check import Finding
    from campaign.plan.spec import PlanSpec

MAX_SHOWN = 12


@click.command()
@click.argument("plan", metavar="PLAN.yaml", type=click.Path(path_type=Path))
@click.option("--assume-lead", metavar="单位名", help="把单位名补进每个空缺的牵头单位，标 assumed: true；文件里的注释保留。")
@click.option("--start", metavar="日期", help="方案没有阶段时，给它一个推进阶段：开始日期，如 2026-09-01。")
@click.option("--end", metavar="日期", help="推进阶段的结束日期。")
@click.option("--all", "show_all", is_flag=True, help=f"同一类问题全部列出（默认只列前 {MAX_SHOWN} 处）。")
@as_json
@click.pass_context
def check(ctx: click.Context, plan: Path, assume_lead: str | None, start: str | None, end: str | None, show_all: bool, json_: bool) -> None:
    """检查方案能否启动，逐条列出问题和行号。

    有错误时退出码为 1，只有警告时为 0。各代码的含义见 docs/plan-check.md。

    例：campaign plan check 方案.yaml --assume-lead 创建办
    """
    from campaign.plan.check import check_plan, may_launch
    from campaign.plan.yaml_file import load_plan
    from campaign.rules.calendar import campaign_day

    assumed = _edit(ctx, plan, assume_lead, start, end)
    loaded = load_plan(plan)
    findings = check_plan(loaded.spec, lines=loaded.lines, today=campaign_day(datetime.now(UTC)))
    if json_:
        emit_json(findings)
    else:
        for line in assumed:
            say(line)
        show_findings(findings, None if show_all else MAX_SHOWN)
        say(verdict(loaded.spec, findings))
    ctx.exit(0 if may_launch(findings) else 1)


def _edit(ctx: click.Context, plan: Path, assume_lead: str | None, start: str | None, end: str | None) -> list[str]:
    """Write into the file what the options ask for; what was done, as sentences."""
    from campaign.plan import yaml_edit

    done: list[str] = []
    if (start is None) != (end is None):
        raise click.UsageError("--start 和 --end 要一起给", ctx)
    if start and end:
        for name, text in (("--start", start), ("--end", end)):
            try:
                date.fromisoformat(text)
            except ValueError as wrong:
                raise click.UsageError(f"{name} 应写成 2026-09-01，现在是「{text}」", ctx) from wrong
        yaml_edit.add_only_phase(plan, start, end)
        done.append(f"已写入推进阶段：{start} 至 {end}")
    if assume_lead is not None:
        filled = yaml_edit.assume_lead(plan, assume_lead.strip())
        done.append(f"已将「{assume_lead.strip()}」补为 {len(filled)} 项的牵头单位：" if filled else "没有空缺的牵头单位，文件未改动")
        done += [f"  第 {entry.line} 行 {entry.title}" for entry in filled]
    return done


def show_findings(findings: Iterable[Finding], limit: int | None) -> None:
    """Grouped by code: the reason and the remedy once, then the lines."""
    from campaign.plan.codes import CODES, READER_NOTE

    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(finding.code, []).append(finding)
    for code, group in groups.items():
        name = CODES.get(code, READER_NOTE).name
        error = group[0].level == "error"
        head = click.style(f"{'✘ 错误' if error else '▲ 警告'} {name}", fg="red" if error else "yellow", bold=True)
        say(f"{head} [{code}] {len(group)} 处")
        for finding in group[:limit]:
            say(f"    {_where(finding)}{finding.message}")
        if limit is not None and len(group) > limit:
            say(f"    …… 另有 {len(group) - limit} 处（--all 全部列出）")
        say(f"    为什么：{group[0].why}。怎么办：{group[0].todo}。")


def _where(finding: Finding) -> str:
    if finding.line is None:
        return ""
    source = f"（原文第 {finding.source_line} 行）" if finding.source_line and finding.source_line != finding.line else ""
    return f"第 {finding.line} 行{source} "


def verdict(spec: PlanSpec, findings: list[Finding]) -> str:
    errors = sum(finding.level == "error" for finding in findings)
    warnings = len(findings) - errors
    size = f"{len(spec.phases)} 个阶段，{len(spec.items) + sum(len(phase.tasks) for phase in spec.phases)} 项任务"
    if errors:
        return f"「{spec.title}」（{size}）：{errors} 处错误，{warnings} 处警告。改正错误后才能启动。"
    return f"「{spec.title}」（{size}）：可以启动" + (f"，有 {warnings} 处警告。" if warnings else "，没有发现问题。")
