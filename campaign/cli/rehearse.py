"""`campaign rehearse` and `campaign preview`: what will happen, before it does. Neither changes a record nor sends a message."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from campaign.cli.desk import DAY, only_campaign, opened
from campaign.cli.options import Reading, reads
from campaign.cli.output import emit_json, progress, say, show_table, warn
from campaign.disk import put_whole
from campaign.errors import CampaignError

if TYPE_CHECKING:
    from campaign.plan.spec import PlanSpec
    from campaign.work.rehearsal.rehearsal_words import Rehearsal

PROFILES = ("on-time", "mixed", "late", "silent")
SHOWN = 20


@click.command()
@click.argument("plan", metavar="[PLAN.yaml]", required=False, type=click.Path(path_type=Path))
@click.option("--from-live", "live", metavar="CAMPAIGN", help="不读方案：从现有创建活动的现状推演到结束。")
@click.option("--profile", type=click.Choice(PROFILES), default="mixed", show_default=True, help="各单位的办理习惯：都按时、有早有晚、普遍拖延、无人办理。")
@click.option("--seed", type=int, default=1, show_default=True, help="随机种子；同一种子结果相同。")
@click.option("--start", type=DAY, help="假定在哪一天启动；默认取方案第一个日期的前一天。")
@click.option("--until", type=DAY, help="推演到哪一天；默认到最后期限后两个月。")
@click.option("--html", "html", metavar="文件", type=click.Path(path_type=Path, dir_okay=False), help="写出一页报告，可打印。")
@click.option("--xlsx", "xlsx", metavar="文件", type=click.Path(path_type=Path, dir_okay=False), help="把全部文书逐条写成 Excel。")
@reads
def rehearse(
    plan: Path | None, live: str | None, profile: str, seed: int, start: date | None, until: date | None, html: Path | None, xlsx: Path | None, ask: Reading
) -> None:
    """演练：在临时库里用同样的督办规则把整个活动推演一遍。不发消息，不改记录。

    例：campaign rehearse 方案.yaml --profile mixed --html 演练.html
    """
    from campaign.work.rehearsal.people_model import Profile
    from campaign.work.rehearsal.rehearse import rehearse_live, rehearse_plan

    if (plan is None) == (live is None):
        raise click.UsageError("请给出方案文件，或用 --from-live 指明现有的创建活动（二者选一）", click.get_current_context())
    end = _moment(until, ask) if until else None
    with progress("正在推演……"):
        if plan is not None:
            from campaign.plan.yaml_file import load_plan

            spec = load_plan(plan).spec
            at = _moment(start or _day_before(spec, ask), ask)
            found = rehearse_plan(spec, profile=Profile(profile), seed=seed, ladders=_ladders(), start=at, until=end)
        else:
            with opened(ask) as store:
                with store.read() as tx:
                    slug = only_campaign(tx, ask, live).slug
                found = rehearse_live(store, slug, profile=Profile(profile), seed=seed, now=_moment(start, ask) if start else ask.now, until=end)
    if html is not None:
        _write_page(found, html)
    if xlsx is not None:
        from campaign.work.rehearsal.sheets import notices_workbook

        _write_sheet(xlsx, notices_workbook(found))
    if ask.json:
        emit_json(found)
    else:
        _tell(found, html)


def _moment(day: date, ask: Reading) -> datetime:
    return datetime.combine(day, time(9), ask.settings.zone)


def _day_before(spec: PlanSpec, ask: Reading) -> date:
    """The day before the first date that the plan names, else today."""
    import re

    days = [date.fromisoformat(found) for phase in spec.phases for found in re.findall(r"\b20\d\d-\d\d-\d\d\b", f"{phase.start or ''}")]
    return min(days) - timedelta(days=1) if days else ask.now.astimezone(ask.settings.zone).date()


def _ladders() -> Path:
    import config

    return Path(config.__file__).parent / "ladders"


def _write_page(found: Rehearsal, path: Path) -> None:
    from campaign.work.rehearsal.rehearsal_page import page_of

    if path.suffix.lower() not in (".html", ".htm"):
        raise CampaignError(f"报告应写成网页文件，现在是「{path.name}」：请用 .html 结尾的文件名。", code="not_html")
    put_whole(path, page_of(found).encode())


def _write_sheet(path: Path, content: bytes) -> None:
    if path.suffix.lower() != ".xlsx":
        raise CampaignError(f"Excel 文件现在是「{path.name}」：请用 .xlsx 结尾的文件名。", code="not_xlsx")
    put_whole(path, content)


def _tell(found: Rehearsal, html: Path | None) -> None:
    totals = found.totals
    say(f"{found.campaign}：{found.starts_on} 至 {found.ends_on}")
    say(f"应办 {totals['duties']} 项，曾逾期 {totals['late']} 项，退回补正 {totals['returned']} 项")
    say(f"发出文书 {totals['notices']} 份，其中带文号 {totals['papers']} 份")
    say("督办：" + ("，".join(f"{name} {count} 项次" for name, count in totals["rungs"].items()) or "没有"))
    show_table(("阶段", "验收日", "结论", "未满足的条件"), [(one.phase, one.on, one.outcome, "\n".join(one.blockers)) for one in found.gates], title="转段")
    for one in found.warnings[:SHOWN]:
        warn(one)
    if len(found.warnings) > SHOWN:
        warn(f"另有 {len(found.warnings) - SHOWN} 条，见 --json 或 --html")
    if html is not None:
        say(f"报告已写入 {html}")


@click.command()
@click.argument("campaign", required=False)
@click.option("--days", type=click.IntRange(1, 400), default=14, show_default=True, help="看到今后第几天。")
@click.option("--xlsx", "xlsx", metavar="文件", type=click.Path(path_type=Path, dir_okay=False), help="同时写成 Excel。")
@reads
def preview(campaign: str | None, days: int, xlsx: Path | None, ask: Reading) -> None:
    """预告：如果没有人办理，今后几天会发出哪些文书、发给谁、为什么。不改动任何记录。

    例：campaign preview weisheng --days 14
    """
    from campaign.work.rehearsal.preview import preview_campaign

    with opened(ask) as store:
        with store.read() as tx:
            found = only_campaign(tx, ask, campaign)
            slug = found.slug
        with progress("正在推算……"):
            coming = preview_campaign(store, slug, now=ask.now, until=ask.now + timedelta(days=days))
    if xlsx is not None:
        from campaign.work.rehearsal.sheets import preview_workbook

        _write_sheet(xlsx, preview_workbook(coming))
    if ask.json:
        emit_json(coming)
        return
    rows = [(one.at[5:16].replace("T", " "), one.rung, one.unit, one.to, one.duty or one.kind, one.why) for one in coming]
    show_table(("时间", "级别", "单位", "送达对象", "事项", "为什么"), rows, title=f"今后 {days} 天", empty="没有要发出的文书")
