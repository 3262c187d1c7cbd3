"""What commands print: JSON for scripts, tables and sentences for people, progress for terminals.

Owns the look. Rich is imported only where a table or a bar is really drawn; a script that asks for --json never pays for it.
JSON is UTF-8, not escaped, and ends with a line feed; times are ISO with offset.
"""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from campaign.errors import CampaignError

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

LIGHTS = {"red": ("red", "● 红灯"), "yellow": ("yellow", "▲ 黄灯"), "green": ("green", "■ 绿灯"), "grey": ("bright_black", "○ 不计")}
PIPE_WIDTH = 160  # a table in a pipe or a file has no terminal to fit into; 80 columns would cut Chinese titles short


def say(text: str = "") -> None:
    click.echo(text)


def warn(text: str) -> None:
    click.echo(f"注意：{text}", err=True)


def emit_json(value: object) -> None:
    click.echo(to_json(value))


def to_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2, default=_plain)


def _plain(value: Any) -> object:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if hasattr(value, "_asdict"):
        return value._asdict()
    raise TypeError(f"{type(value).__name__} has no JSON form")


def console(stream: TextIO | None = None) -> Console:
    from rich.console import Console

    stream = stream or sys.stdout
    return Console(file=stream, highlight=False, width=None if stream.isatty() else PIPE_WIDTH)


def show(*parts: RenderableType) -> None:
    printer = console()
    for part in parts:
        printer.print(part)


def show_table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, title: str | None = None, empty: str = "没有内容") -> None:
    """A table of plain cells; None is an empty cell. `[` in a cell is text, not markup. Lights have their own cell: `light_cell`."""
    from rich import box
    from rich.markup import escape
    from rich.table import Table
    from rich.text import Text

    table = Table(*columns, box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for row in rows:
        table.add_row(*(cell if isinstance(cell, Text) else escape("" if cell is None else str(cell)) for cell in row))
    if table.row_count:
        if title:
            say(title)  # not rich's title, which is folded to the width of a narrow table
        show(table)
    else:
        say(f"{title}：{empty}" if title else empty)


def light_cell(light: str) -> object:
    """A light as shape, word and colour: a colour alone is lost on paper and on many eyes."""
    from rich.text import Text

    colour, words = LIGHTS[light]
    return Text(words, style=colour)


def refuse_overwriting(path: Path, force: bool) -> None:
    """A file that a person may have worked on is not replaced without being asked to."""
    if path.exists() and not force:
        raise CampaignError(f"{path} 已经存在：请换一个文件名，或加 --force 覆盖", code="file_exists", path=str(path))


@contextmanager
def progress(text: str) -> Iterator[None]:
    """A spinner with `text` on stderr while the block runs; silent when stderr is no terminal."""
    if not sys.stderr.isatty():
        yield
        return
    with console(sys.stderr).status(text):
        yield
