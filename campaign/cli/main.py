"""The command `campaign`: finds the command that is meant and runs it.

Owns the lazy groups: help is printed from the table in `commands.py`, and only the module of the command that runs is imported. So
`campaign --help` and the commands that need no database stay fast, and a broken command breaks itself only.
"""

from __future__ import annotations

import gc
import sys
from importlib import import_module

import click

from campaign.cli.commands import COMMANDS, GROUPS
from campaign.cli.errors import guarded
from campaign.cli.zh import speak_chinese


class TableGroup(click.Group):
    """A group whose commands are the lines of the table that begin with `prefix`."""

    def __init__(self, prefix: str, *, help: str) -> None:
        super().__init__(
            name=prefix or "campaign",
            help=help,
            no_args_is_help=True,
            context_settings={"help_option_names": ["--help", "-h"], "max_content_width": 120},
            options_metavar="[选项]",
            subcommand_metavar="命令 [参数]…",
        )
        self.prefix = prefix

    def _lines(self) -> dict[str, str]:
        start = f"{self.prefix} " if self.prefix else ""
        lines = GROUPS | {path: entry.help for path, entry in COMMANDS.items()}
        own = {path.removeprefix(start): text for path, text in lines.items() if path.startswith(start)}
        return {name: text for name, text in own.items() if " " not in name}

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self._lines())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        path = f"{self.prefix} {cmd_name}".strip()
        if path in GROUPS:
            return TableGroup(path, help=GROUPS[path])
        entry = COMMANDS.get(path)
        return None if entry is None else load(path)

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        names = self.list_commands(ctx)
        if args and args[0] not in names and not args[0].startswith("-"):
            raise click.NoSuchCommand(args[0], possibilities=names, ctx=ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("命令"):
            formatter.write_dl(list(self._lines().items()))


def load(path: str) -> click.Command:
    """Import the command at `path`, and give it the help line of the table if it has none of its own."""
    module, _, name = COMMANDS[path].target.partition(":")
    command = getattr(import_module(module), name)
    assert isinstance(command, click.Command), f"{COMMANDS[path].target} is not a command"
    speak_chinese()  # a command may have imported more of click
    command.name = path.rpartition(" ")[2]
    command.help = command.help or COMMANDS[path].help
    command.options_metavar = "[选项]"
    return command


def build() -> click.Group:
    speak_chinese()
    group = TableGroup("", help="按方案组织实施的创建活动：分解任务、收资料、督办、转段、出档案。")
    group.params.append(click.Option(["--version"], is_flag=True, is_eager=True, expose_value=False, callback=_print_version, help="显示版本后退出。"))
    return group


def _print_version(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    if value:
        from importlib.metadata import PackageNotFoundError, version

        try:
            click.echo(f"campaign {version('campaign')}")
        except PackageNotFoundError:
            click.echo("campaign（源码目录）")
        ctx.exit()


def run(arguments: list[str] | None = None) -> None:
    """The console entry. Always leaves through SystemExit with the code that `errors.py` lists."""
    words = sys.argv[1:] if arguments is None else arguments
    gc.set_threshold(50_000, 20, 20)  # a start makes a million objects that stay: looking through them for rubbish took a tenth of it
    sys.exit(guarded(lambda: build().main(args=words, prog_name="campaign", standalone_mode=False)))


if __name__ == "__main__":
    run()
