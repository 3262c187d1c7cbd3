"""Owns what `up` says on the terminal, in Chinese: progress, addresses, and who died."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from deployments.children import Child
from deployments.parts import Parts


class Screen:
    """A terminal, or a log when there is none: then progress is one line."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(highlight=False, soft_wrap=True)

    def tell(self, text: str) -> None:
        self._console.print(text)

    def warn(self, text: str) -> None:
        self._console.print(f"注意：{text}", style="yellow")

    def error(self, text: str) -> None:
        Console(stderr=True, highlight=False, soft_wrap=True).print(f"错误：{text}", style="red")

    def died(self, child: Child, code: int) -> None:
        words = child.last_words(1)
        self.warn(f"{child.plan.label}意外退出（代码 {code}），将自动重启。日志：{child.plan.log}" + (f"\n  {words}" if words else ""))

    @contextmanager
    def progress(self, what: str) -> Iterator[Callable[[], None]]:
        if not self._console.is_terminal:
            self.tell(what + "……")
            yield lambda: None
            return
        with Progress(SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(), console=self._console, transient=True) as bar:
            task = bar.add_task(what, total=None)
            yield lambda: bar.advance(task)

    def summary(self, parts: Parts, seconds: float) -> None:
        lines = (
            f"创建活动督办系统已启动（用时 {seconds:.0f} 秒）",
            f"  门户      {parts.portal_url}",
            f"  Prefect   {parts.place.ui_url}",
            f"  数据目录  {parts.home}",
            f"  日志      {parts.logs}",
            *self._first_login(parts),
            "按 Ctrl-C 全部停止，数据会保留。",
        )
        self.tell("\n".join(lines))

    def _first_login(self, parts: Parts) -> tuple[str, ...]:
        """Where the one-time password stands. Itself it is not printed: a terminal is scrolled back and copied into chats."""
        note = parts.home / "run" / "first-login.txt"
        return (f"  首次登录  账号和一次性口令见 {note}",) if note.exists() else ()
