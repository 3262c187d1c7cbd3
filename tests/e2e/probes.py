"""Flows for tests of server and runner: they know nothing of campaigns."""

import time
from pathlib import Path

from prefect import flow, task
from pydantic import BaseModel, Field

from flows._stop import stop_if_asked


class Probe(BaseModel):
    folder: str = Field(title="目录")
    name: str = Field(title="名称")
    steps: int = Field(default=1, ge=0, le=1000, title="步数")
    seconds: float = Field(default=0.0, title="每步秒数")
    until: str = Field(default="", title="有此文件就停")


def is_enough(request: Probe) -> bool:
    return bool(request.until) and Path(request.until).exists()


@task(task_run_name="{name} 一步")
def step(name: str, seconds: float) -> None:
    time.sleep(seconds)


@flow(name="试办")
async def probe(request: Probe) -> None:
    """Notes when its first line ran, and each step. With `until` a test says when it is enough, however slow the machine is."""
    folder = Path(request.folder)
    (folder / f"{request.name}.first").write_text(str(time.time()))
    for number in range(request.steps):
        stop_if_asked()
        if is_enough(request):
            break
        step(f"U{number:03d}", request.seconds)
        (folder / f"{request.name}.{number}").touch()


@flow(name="定时试办")
async def ticking() -> None:
    step("U000", 0.0)
