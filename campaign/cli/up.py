"""`campaign up`: everything on this machine. Starts `python -m deployments.up` in place of itself and never imports it.

In place of itself, so that Ctrl-C and a supervisor's signals reach the one process that stops all others.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import click

from campaign.cli.options import Folder


@click.command()
@click.option("--demo", is_flag=True, help="同时准备一个示例活动（已经有了就不再动它）。")
@click.option("--data", "data_dir", metavar="目录", type=Folder(), help="数据目录；默认取环境变量 CAMPAIGN_HOME。")
def up(demo: bool, data_dir: Path | None) -> None:
    """在本机启动全部服务：Prefect、门户、运行器和督办时钟；Ctrl-C 全部停止，数据保留。

    例：campaign up --demo --data ./数据
    """
    command = [sys.executable, "-m", "deployments.up", *(["--demo"] if demo else []), *(["--data", str(data_dir)] if data_dir is not None else [])]
    sys.stdout.flush()
    sys.stderr.flush()
    # A Ctrl-C while the new program loads waits until it can end in order; it would be a trace of imports otherwise.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    os.execv(sys.executable, command)  # noqa: S606 - no shell is wanted
