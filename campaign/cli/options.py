"""The options that many commands share, declared once.

Owns --as, --reason, --now, --dry-run, --json and --data. A command that writes is decorated with `@writes` and receives one `Writing`;
one that only reads takes `@reads` and receives one `Reading`. A command without a database takes `@as_json` alone, and pays for no
settings. `now` is read from the machine's clock once, here, when --now is absent: below this edge it is an argument.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from campaign.rules.years import YEARS

if TYPE_CHECKING:
    from config.settings import Settings

Command = Callable[..., Any]


class Folder(click.Path):
    """A folder that is named. An empty name, as an unset variable of a script leaves it, would be the current folder."""

    def __init__(self) -> None:
        super().__init__(path_type=Path, file_okay=False)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if isinstance(value, str) and not value.strip():
            self.fail("没有写目录", param, ctx)
        return super().convert(value, param, ctx)


@dataclass(frozen=True, slots=True)
class Reading:
    """What every command with a database knows: its settings, the time that counts, and how to answer."""

    settings: Settings
    now: datetime
    """Aware, UTC."""
    now_given: bool
    """True when the user said --now; a use case refuses a time ahead of the clock unless the campaign is a rehearsal."""
    json: bool

    @property
    def data_dir(self) -> Path:
        return self.settings.data_dir


@dataclass(frozen=True, slots=True)
class Writing(Reading):
    actor: str
    reason: str | None
    dry_run: bool


def as_json(command: Command) -> Command:
    """--json alone, as the argument `json_`."""
    with_json: Command = click.option("--json", "json_", is_flag=True, help="输出 JSON，供程序读取。")(command)
    return with_json


def reads(command: Command) -> Command:
    """Adds --now, --data and --json; the command receives `ask: Reading`."""

    @wraps(command)
    def wrapped(*args: Any, now: str | None, data_dir: Path | None, json_: bool, **rest: Any) -> Any:
        settings = _settings(data_dir)
        moment = parse_now(now, settings)
        return command(*args, ask=Reading(settings, moment, now is not None, json_), **rest)

    return _reading_options(wrapped)


def writes(command: Command) -> Command:
    """Adds --as, --reason, --dry-run and what `reads` adds; the command receives `act: Writing`."""
    return _writing(command, nobody_will_do=False)


def may_write(command: Command) -> Command:
    """The same for a command that shows by default and changes only when asked to: the actor may be empty, and `named` asks for it."""
    return _writing(command, nobody_will_do=True)


def named(act: Writing) -> Writing:
    """`act` when somebody acts, else a usage error."""
    if not act.actor:
        raise click.UsageError("不知道是谁在操作：请加 --as 姓名，或设置环境变量 CAMPAIGN_ACTOR", click.get_current_context())
    return act


def _writing(command: Command, *, nobody_will_do: bool) -> Command:
    @wraps(command)
    def wrapped(*args: Any, now: str | None, data_dir: Path | None, json_: bool, actor: str | None, reason: str | None, dry_run: bool, **rest: Any) -> Any:
        settings = _settings(data_dir)
        moment = parse_now(now, settings)
        who = (actor or settings.actor or "").strip()
        act = Writing(settings, moment, now is not None, json_, who, (reason or "").strip() or None, dry_run)
        return command(*args, act=act if nobody_will_do else named(act), **rest)

    for option in (
        click.option("--dry-run", is_flag=True, help="只说会做什么，不改动任何内容。"),
        click.option("--reason", metavar="理由", help="为什么这样做，记入日志。"),
        click.option("--as", "actor", metavar="姓名", help="操作人；默认取环境变量 CAMPAIGN_ACTOR。"),
    ):
        wrapped = option(wrapped)
    return _reading_options(wrapped)


def _reading_options(command: Command) -> Command:
    for option in (
        click.option("--data", "data_dir", metavar="目录", type=Folder(), help="数据目录；默认取环境变量 CAMPAIGN_HOME。"),
        click.option("--now", metavar="时间", help="当作现在的时间，如 2026-09-01T08:30；不写时区则为北京时间。"),
        as_json,
    ):
        command = option(command)
    return command


def _settings(home: Path | None) -> Settings:
    from config.settings import load_settings

    return load_settings(home=home)


def parse_now(text: str | None, settings: Settings) -> datetime:
    """`text` as an aware UTC time; without offset it is campaign time, a day alone is its first minute."""
    if text is None:
        return datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError as wrong:
        raise click.UsageError(f"--now 的写法不对（现在是「{text}」）：应为 2026-09-01 或 2026-09-01T08:30", click.get_current_context(silent=True)) from wrong
    if moment.year not in YEARS:
        raise click.UsageError(f"--now 的年份应在 {YEARS[0]} 至 {YEARS[-1]} 之间（现在是「{text}」）", click.get_current_context(silent=True))
    return (moment if moment.tzinfo else moment.replace(tzinfo=settings.zone)).astimezone(UTC)
