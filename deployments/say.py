"""Owns what `up` says on the terminal, in Chinese: progress, addresses, and who died."""

from __future__ import annotations

import re
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from deployments.children import Child
from deployments.parts import Parts

LAST_LINES = 40
_CAUSES = (
    (re.compile(r"no space left|disk is full|disk full|磁盘已满|磁盘空间不足", re.IGNORECASE), "磁盘已满，请清出空间"),
    (re.compile(r"database is locked|数据库正被另一个操作占用", re.IGNORECASE), "数据库被别的程序占用"),
    (re.compile(r"MemoryError|cannot allocate memory", re.IGNORECASE), "内存不足"),
    (re.compile(r"permission denied|read-?only", re.IGNORECASE), "没有权限读写数据目录"),
)


def cause_of(code: int, words: str, taken: int | None) -> str:
    """Why a child ended, as far as its end tells; what else its log says is for those who read logs."""
    if taken is not None:
        return f"端口 {taken} 已被别的程序占用，请关掉那个程序"
    if code == -signal.SIGKILL:
        return "被系统或他人强行结束，信号 9；若常发生，多为内存不足"
    if code < 0:
        return f"收到信号 {-code}"
    known = next((said for pattern, said in _CAUSES if pattern.search(words)), None)
    return f"代码 {code}，{known}" if known else f"代码 {code}"


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

    def died(self, child: Child, code: int, *, taken: int | None = None) -> None:
        self.warn(f"{child.plan.label}意外退出（{cause_of(code, child.last_words(LAST_LINES), taken)}），将自动重启。日志：{child.plan.log}")

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
