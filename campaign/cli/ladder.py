"""`campaign ladder`: whether a ladder can be right, which there are, and in words and dates what one will do."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from campaign.cli.desk import DAY, answer, by_of, named_campaign, only_campaign, opened
from campaign.cli.options import Reading, Writing, as_json, reads, writes
from campaign.cli.output import emit_json, say, show_table
from campaign.errors import NotFound

if TYPE_CHECKING:
    from campaign.rules.ladder import Ladder

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("file", metavar="文件", type=_FILE)
@as_json
def check(file: Path, json_: bool) -> None:
    """检查督办规则能不能用；有错误时逐条指出行号和原因。

    例：campaign ladder check config/ladders/default.yaml
    """
    from campaign.rules.ladder import parse_ladder

    ladder = parse_ladder(file.read_bytes(), file.name)
    if json_:
        emit_json({"name": ladder.name, "title": ladder.title, "version": ladder.version, "rungs": [rung.model_dump(mode="json") for rung in ladder.rungs]})
        return
    say(f"可以使用：{ladder.title}（{ladder.name}，版本 {ladder.version}）")
    _show_rungs(ladder)


@click.command(name="list")
@click.option("--campaign", metavar="CAMPAIGN", help="这个创建活动的各类事项用哪个规则。")
@reads
def list_(campaign: str | None, ask: Reading) -> None:
    """列出可用的督办规则，以及哪类事项用哪个。

    例：campaign ladder list
    """
    from campaign.rules.ladder import parse_ladder

    found = [parse_ladder(path.read_bytes(), path.name) for path in sorted(_folder().glob("*.yaml"))]
    chosen: list[dict[str, str]] = []
    if campaign is not None:
        from campaign.records.planning.ladders import choices_of

        with opened(ask) as store, store.read() as tx:
            chosen = choices_of(tx, named_campaign(tx, ask, campaign))
    if ask.json:
        emit_json({"ladders": [{"name": one.name, "title": one.title, "version": one.version, "rungs": len(one.rungs)} for one in found], "choices": chosen})
        return
    show_table(("名称", "标题", "版本", "级别"), [(one.name, one.title, one.version, "→".join(rung.name for rung in one.rungs)) for one in found])
    if campaign is not None:
        show_table(("阶段类别", "事项类别", "规则", "版本"), [(row["phase"], row["duty"], row["ladder"], row["version"]) for row in chosen], title="用在哪里")


@click.command()
@click.option("--duty", metavar="DUTY", help="一项应办事项：今后会发生什么。")
@click.option("--name", metavar="规则", help="一个规则：假定某天到期，会发生什么。")
@click.option("--due", type=DAY, help="与 --name 同用：假定的到期日，默认 10 天后。")
@reads
def show(duty: str | None, name: str | None, due: date | None, ask: Reading) -> None:
    """用日期说明会发生什么：对一项应办事项，或对一个规则。

    例：campaign ladder show --duty 128
    """
    from campaign.records.campaigns import find_duty
    from campaign.records.planning.calendars import calendar_of, load_calendar
    from campaign.records.planning.ladders import ladder_of
    from campaign.rules.calendar import due_at_of_day
    from campaign.rules.ladder import describe

    if (duty is None) == (name is None):
        raise click.UsageError("请用 --duty 或 --name 指明要看什么（二者选一）", click.get_current_context())
    with opened(ask) as store, store.read() as tx:
        if duty is not None:
            from campaign.work.rehearsal.foretell import foretell

            found = find_duty(tx, duty)
            ladder, title = ladder_of(tx, found.ladder_id), f"#{found.id}「{found.title}」"
            told = list(foretell(tx, found, ask.now, calendar_of(tx, found.campaign_id)))
        else:
            ladder = _named(name or "")
            day = due or ask.now.astimezone(ask.settings.zone).date() + timedelta(days=10)
            title, told = ladder.title, list(describe(ladder, due_at_of_day(day), ask.now, load_calendar(tx)))
    if ask.json:
        emit_json({"ladder": ladder.name, "version": ladder.version, "of": title, "told": told})
        return
    say(f"{title}（规则 {ladder.name}，版本 {ladder.version}）")
    for sentence in told:
        say(f"  {sentence}")


@click.command()
@click.argument("file", metavar="文件", type=_FILE)
@click.option("--campaign", metavar="CAMPAIGN", help="用于哪个创建活动。")
@click.option("--phase", "phase_kind", default="", metavar="阶段类别", help="只用于这类阶段，如 readiness。")
@click.option("--duty-kind", default="", metavar="事项类别", help="只用于这类事项，如 rectify。")
@writes
def use(file: Path, campaign: str | None, phase_kind: str, duty_kind: str, act: Writing) -> None:
    """启用一个督办规则：今后新交办的事项按它办，在办的不变。

    例：campaign ladder use ./规则.yaml --campaign weisheng --as 办公室主任
    """
    from campaign.rules.ladder_file import decoded
    from campaign.work.planning.ladder_choices import put_in_force

    with opened(act) as store, store.begin() as tx:
        found = only_campaign(tx, act, campaign)
        ladder_id = put_in_force(tx, found, file.stem, decoded(file.read_bytes(), file.name), by_of(act), phase_kind=phase_kind, duty_kind=duty_kind)
        title = found.title
    answer(act, {"campaign": title, "ladder": ladder_id}, f"「{title}」今后新交办的事项按 {file.name} 督办，在办的保持原规则。")


def _folder() -> Path:
    import config

    return Path(config.__file__).parent / "ladders"


def _named(name: str) -> Ladder:
    from campaign.rules.ladder import parse_ladder

    path = Path(name) if name.endswith((".yaml", ".yml")) else _folder() / f"{name}.yaml"
    if not path.is_file():
        known = "、".join(sorted(one.stem for one in _folder().glob("*.yaml")))
        raise NotFound(f"没有名为「{name}」的督办规则。现有：{known}。", code="no_ladder", asked=name)
    return parse_ladder(path.read_bytes(), path.name)


def _show_rungs(ladder: Ladder) -> None:
    rows = [
        (rung.number, rung.name, rung.when.label, f"上一级送达后 {rung.dwell.label}", rung.document, rung.audience_label, rung.signer if rung.signed else "")
        for rung in ladder.rungs
    ]
    show_table(("级", "名称", "何时", "间隔", "文书", "送达对象", "签发人"), rows)
