"""`campaign launch`, `discard`, `golive` and `campaigns`: from a plan's file to a campaign, and back while nobody was told.

Owns the question before a change is applied: a changed file shows its difference first, and without a terminal it needs --yes. The
difference is what the launch itself did in a trial, so it cannot differ from what is then done.
"""

from __future__ import annotations

import re
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from campaign.cli.desk import DAY, answer, by_of, named_campaign, opened, refuse_future
from campaign.cli.options import Reading, Writing, reads, writes
from campaign.cli.output import emit_json, say, show_table, warn
from campaign.errors import BadPlan, Conflict

if TYPE_CHECKING:
    from sqlmodel import Session

    from campaign.plan.spec import PlanSpec
    from campaign.records.store import Store
    from campaign.work.planning.launch import Launched

SHOWN = 20
SLUG = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,47}")


@click.command()
@click.argument("plan", metavar="PLAN.yaml", type=click.Path(path_type=Path))
@click.option("--slug", metavar="代号", help="在命令和网址里用的简短代号；不给则由标题生成。")
@click.option("--rehearsal", is_flag=True, help="演练：可以用 --now 推演将来，时钟不办理它，消息只发到演练地址。")
@click.option("--start", type=DAY, help="方案没有阶段时的开始日期。")
@click.option("--end", type=DAY, help="方案没有阶段时的结束日期。")
@click.option("--yes", is_flag=True, help="方案有改动时不再询问，直接应用。")
@writes
def launch(plan: Path, slug: str | None, rehearsal: bool, start: date | None, end: date | None, yes: bool, act: Writing) -> None:
    """启动方案，生成创建活动和全部应办事项；文件改过后再次启动，即应用改动。

    同一份文件再启动一次，什么都不变。改动先列出差别，经确认后应用：删去的事项取消，期限调整的重新计时，已办结的不动。

    例：campaign launch 方案.yaml --slug weisheng --as 创建办
    """
    spec = _readable(plan, act, start, end)
    from campaign.work.planning.launch import slug_of

    slug = slug or slug_of(spec)
    if not SLUG.fullmatch(slug):
        raise click.UsageError(f"代号「{slug}」只能用字母、数字和短横线，最长 48 个，如 weisheng-2026", click.get_current_context())
    with opened(act) as store:
        known = _known(store, slug)
        refuse_future(act, spec.title, rehearsal=known.rehearsal if known else rehearsal)
        if known and rehearsal and not known.rehearsal:
            raise Conflict(f"「{known.title}」（代号 {slug}）已作为正式活动启动，不能再改成演练：演练请用 --slug 另起一个代号。", code="not_a_rehearsal")
        if known and not act.dry_run and not _confirmed(store, spec, act, slug, yes):
            return
        with store.begin() as tx:
            done = _carry_out(tx, spec, act, slug, rehearsal)
    _tell(act, done, fresh=known is None)


def _readable(plan: Path, act: Writing, start: date | None, end: date | None) -> PlanSpec:
    """The plan, with the lines of its file in every complaint."""
    from campaign.plan.check import check_plan
    from campaign.plan.yaml_file import load_plan
    from campaign.rules.calendar import campaign_day

    loaded = load_plan(plan)
    spec = loaded.spec
    if start or end:
        if spec.phases:
            raise click.UsageError(f"方案已有 {len(spec.phases)} 个阶段：--start、--end 只用于没有阶段的方案，请直接改阶段的日期", click.get_current_context())
        spec = spec.model_copy(update={"start": start.isoformat() if start else spec.start, "end": end.isoformat() if end else spec.end})
    errors = [found for found in check_plan(spec, lines=loaded.lines, today=campaign_day(act.now)) if found.level == "error"]
    if errors:
        told = [f"  {f'第 {found.line} 行 ' if found.line else ''}{found.message}（{found.todo}）" for found in errors[:SHOWN]]
        more = [f"  …… 另有 {len(errors) - SHOWN} 处"] if len(errors) > SHOWN else []
        head = f"方案还不能启动，有 {len(errors)} 处必须先解决（campaign plan check {plan} 可查看全部）："
        raise BadPlan("\n".join([head, *told, *more]), code="plan_errors")
    return spec


def _known(store: Store, slug: str) -> _Known | None:
    from campaign.records.campaigns import list_campaigns

    with store.read() as tx:
        return next((_Known(row.title, row.rehearsal) for row in list_campaigns(tx) if row.slug == slug), None)


class _Known:
    def __init__(self, title: str, rehearsal: bool) -> None:
        self.title, self.rehearsal = title, rehearsal


def _carry_out(tx: Session, spec: PlanSpec, act: Writing, slug: str, rehearsal: bool) -> Launched:
    import config
    from campaign.work.planning.launch import launch as launch_plan

    ladders = Path(config.__file__).parent / "ladders"
    return launch_plan(tx, spec, by_of(act), ladders=ladders, slug=slug, rehearsal=rehearsal, test_address=act.settings.test_address)


def _confirmed(store: Store, spec: PlanSpec, act: Writing, slug: str, yes: bool) -> bool:
    """Show what would change; True when nothing would, or when it may be applied."""
    from campaign.records.trial import trial_of

    with trial_of(store) as trial, trial.begin() as tx:
        would = _carry_out(tx, spec, act, slug, False)
    if yes or not (would.changed or would.created):
        return True
    lines = [*would.changed[:SHOWN], *([f"…… 另有 {len(would.changed) - SHOWN} 处"] if len(would.changed) > SHOWN else [])]
    if would.created:
        lines.append(f"新增应办事项 {would.created} 项")
    lines += [warning for warning in would.warnings if "改写而来" in warning]
    for line in [f"与已启动的「{spec.title}」相比：", *(f"  {line}" for line in lines)]:
        click.echo(line, err=True)
    if not sys.stdin.isatty():
        raise Conflict("方案有改动，尚未应用：核对上面的差别后，加 --yes 应用。", code="needs_yes", changed=would.changed)
    click.confirm("应用这些改动吗？", abort=True, err=True)
    return True


def _tell(act: Writing, done: Launched, *, fresh: bool) -> None:
    value = {
        "campaign": done.campaign,
        "created": done.created,
        "changed": done.changed,
        "units_created": done.units_created,
        "warnings": done.warnings,
    }
    if fresh:
        words = f"已启动「{done.campaign}」：应办事项 {done.created} 项，新建单位 {len(done.units_created)} 个。"
    elif done.changed or done.created:
        words = f"已应用改动：新增 {done.created} 项，调整 {len(done.changed)} 处。"
    else:
        words = "方案没有改动，什么都没有变。"
    answer(act, value, words)
    if act.json:
        return
    for line in done.changed[:SHOWN] if not fresh else ():
        say(f"  {line}")
    for line in done.warnings[:SHOWN]:
        warn(line)
    if len(done.warnings) > SHOWN:
        warn(f"另有 {len(done.warnings) - SHOWN} 处提示，用 campaign plan check 查看")
    if fresh:
        say(f"下一步：campaign status {done.campaign}；核对无误后 campaign golive {done.campaign} 正式启用（此前消息只发到演练地址）。")


@click.command()
@click.argument("campaign", metavar="CAMPAIGN")
@writes
def discard(campaign: str, act: Writing) -> None:
    """撤销一次错误的启动；第一份文书发出之后不能再撤销。

    应办事项全部取消，只因这次启动才登记的单位从名册撤下，代号和单位名称随即腾出，改正方案后可以用原代号重新启动。

    例：campaign discard weisheng --reason 方案用错了版本 --as 创建办
    """
    from campaign.work.planning.discard import discard as undo

    with opened(act) as store, store.begin() as tx:
        found = named_campaign(tx, act, campaign)
        slug, title = found.slug, found.title
        cancelled = undo(tx, found, by_of(act))
    answer(act, {"campaign": slug, "cancelled": cancelled}, f"已撤销「{title}」的启动，取消应办事项 {cancelled} 项；代号 {slug} 可以重新使用。")


@click.command()
@click.argument("campaign", metavar="CAMPAIGN")
@writes
def golive(campaign: str, act: Writing) -> None:
    """正式启用：从此消息发给各单位的联络人，不再只发到演练地址。

    例：campaign golive weisheng --as 创建办
    """
    from campaign.records.people.rolls import unreachable_among
    from campaign.rules.calendar import campaign_day
    from campaign.work.planning.golive import go_live

    with opened(act) as store, store.begin() as tx:
        found = named_campaign(tx, act, campaign)
        fresh = go_live(tx, found, by_of(act))
        slug, title, since = found.slug, found.title, found.live_at
        unreachable = unreachable_among(tx, found.id, campaign_day(act.now))
    words = f"「{title}」已正式启用，此后的消息发给各单位。" if fresh else f"「{title}」此前已经正式启用，没有变化。"
    answer(act, {"campaign": slug, "live_at": since, "changed": fresh, "unreachable": unreachable}, words)
    if unreachable and not act.json:
        warn(f"没有联系得上的人员：{'、'.join(unreachable[:20])}（共 {len(unreachable)} 个单位）。发给它们的文书只能人工送达，请登记联络员和手机。")


@click.command()
@click.option("--all", "with_discarded", is_flag=True, help="连同已撤销的。")
@reads
def campaigns(with_discarded: bool, ask: Reading) -> None:
    """列出全部创建活动。

    例：campaign campaigns
    """
    from campaign.records.campaigns import list_campaigns

    with opened(ask) as store, store.read() as tx:
        rows = [
            {"campaign": row.slug, "title": row.title, "state": row.state, "rehearsal": row.rehearsal, "live": row.live_at is not None,
             "start": row.starts_on, "end": row.ends_on}
            for row in list_campaigns(tx, discarded=with_discarded)
        ]  # fmt: skip
    if ask.json:
        emit_json(rows)
        return
    states = {"launched": "进行中", "finished": "已结束", "discarded": "已撤销"}
    told = [
        (row["campaign"], row["title"], states[str(row["state"])] + ("（演练）" if row["rehearsal"] else "" if row["live"] else "（未正式启用）"),
         row["start"], row["end"])
        for row in rows
    ]  # fmt: skip
    show_table(["代号", "名称", "状态", "开始", "结束"], told, title="创建活动", empty="还没有创建活动，请运行 campaign launch 方案.yaml")
