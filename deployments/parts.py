"""Owns what `up` starts for a data folder: ports, environments, commands, logs, and the note of the addresses.

Ports may move when they are taken, so the addresses are noted in the data folder, where the command line finds them. A port that
somebody named in the settings does not move: then a taken one is a refusal.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil

from campaign.disk import why
from campaign.engine.client import ADDRESS_FILE
from campaign.errors import CampaignError
from config.settings import Settings
from deployments.children import ChildPlan
from deployments.ports import choose_port
from deployments.server import LOOPBACK, ServerPlace, client_environment, server_environment

ORPHAN_SECONDS = 10.0


@dataclass(frozen=True)
class Parts:
    """Everything that is known before the first child starts."""

    home: Path
    place: ServerPlace
    portal_url: str
    plans: tuple[ChildPlan, ...]
    env: Mapping[str, str]

    @property
    def logs(self) -> Path:
        return self.home / "logs"

    @property
    def ready_file(self) -> Path:
        return self.home / "run" / "runner.ready"

    @property
    def portal_port(self) -> int:
        return urlsplit(self.portal_url).port or 80


def parts_of(settings: Settings, ambient: Mapping[str, str], held: ExitStack) -> Parts:
    """Ends what a killed `up` of this folder left, chooses ports (claimed until `held` is closed), and lays out the three children."""
    home = settings.data_dir
    end_orphans(home)
    fixed = settings.model_fields_set
    auth = _auth(ambient)
    prefect_port = choose_port(settings.prefect_port, "Prefect", held, host=settings.host, fixed="prefect_port" in fixed)
    portal_port = choose_port(settings.portal_port, "门户", held, host=settings.host, fixed="portal_port" in fixed)
    place = ServerPlace(home / "prefect", prefect_port, auth, settings.host)
    portal_url = f"http://{LOOPBACK if settings.host == '0.0.0.0' else settings.host}:{portal_port}"  # noqa: S104 - compared, not bound
    own = {"CAMPAIGN_HOME": str(home), "CAMPAIGN_PREFECT_API_URL": place.api_url, "CAMPAIGN_PORTAL_PORT": str(portal_port), "PYTHONUNBUFFERED": "1"}
    env = {**client_environment(place, ambient), **own}
    _folders(place.home, home / "logs", home / "run")
    logs = home / "logs"
    server_env = {**server_environment(place, ambient), "PYTHONUNBUFFERED": "1"}
    plans = (
        ChildPlan("server", "Prefect 服务", _python("deployments.server_child"), server_env, logs / "server.log"),
        ChildPlan("portal", "门户", _python("campaign.portal", "--data", str(home), "--port", str(portal_port)), env, logs / "portal.log"),
        ChildPlan("runner", "运行器和督办时钟", _python("deployments.runner_child", str(home / "run" / "runner.ready")), env, logs / "runner.log"),
    )
    return Parts(home, place, portal_url, plans, env)


def _auth(ambient: Mapping[str, str]) -> str:
    """Prefect's own setting, checked here: its server answers every call with an error when the password is not plain ASCII."""
    auth = ambient.get("PREFECT_SERVER_API_AUTH_STRING") or ambient.get("PREFECT_API_AUTH_STRING") or ""
    if auth and (not auth.isascii() or ":" not in auth):
        raise CampaignError("PREFECT_SERVER_API_AUTH_STRING 应写成 用户名:口令，且只用英文字母、数字和符号：请改正环境变量或 .env 后重试。", code="bad_auth")
    return auth


def _folders(*folders: Path) -> None:
    for folder in folders:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CampaignError(f"不能建立目录 {folder}：{why(error)}。请检查权限和磁盘空间，或用 --data 换一个目录。", code="no_home") from error


def _python(module: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", module, *arguments]


def prepare_command(parts: Parts) -> Sequence[str]:
    return _python("deployments.prepare")


def demo_command(parts: Parts) -> Sequence[str]:
    return _python("campaign.cli", "demo", "--data", str(parts.home))


def run_once(command: Sequence[str], what: str, parts: Parts, stopping: threading.Event) -> None:
    """A short command before the rest, which goes on where it was when it is ended and begun again: so it ends at once when asked to stop.

    Its progress is shown as it comes; its last line is the sentence that people read when it fails.
    """
    if stopping.is_set():
        return
    told: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
    said: list[str] = []
    with subprocess.Popen(command, env=dict(parts.env), text=True, encoding="utf-8", start_new_session=True, **told) as process:
        listening = threading.Thread(target=_listen, args=(process.stderr, said), name="listening", daemon=True)
        listening.start()
        while process.poll() is None:
            if stopping.wait(0.05):
                process.terminate()
                process.wait()
        listening.join()
    if process.returncode != 0 and not stopping.is_set():
        raise CampaignError(f"{what}没有成功：{said[-1].removeprefix('错误：') if said else f'退出码 {process.returncode}'}", code="prepare_failed")


def _listen(told: Iterable[str], said: list[str]) -> None:
    for line in told:
        said.append(line.rstrip())
        if line.startswith("正在"):
            print(said[-1], flush=True)


def note_addresses(parts: Parts, pids: Sequence[int] | None) -> None:
    """Written at once or not at all; taken away when nothing serves any more."""
    file = parts.home / ADDRESS_FILE
    if pids is None:
        file.unlink(missing_ok=True)
        return
    children = [{"pid": pid, "started": psutil.Process(pid).create_time()} for pid in pids if psutil.pid_exists(pid)]
    noted = {"prefect": parts.place.api_url, "portal": parts.portal_url, "pid": os.getpid(), "children": children}
    fresh = file.with_suffix(".new")
    fresh.write_text(json.dumps(noted, ensure_ascii=False, indent=1), encoding="utf-8")
    fresh.replace(file)


def end_orphans(home: Path) -> None:
    """Children of an `up` that was killed end by themselves within a second or two; here the new one waits for them, and insists."""
    try:
        noted = json.loads((home / ADDRESS_FILE).read_text(encoding="utf-8"))["children"]
    except (OSError, ValueError, KeyError, TypeError):
        return
    left = [process for one in noted if (process := _same(one["pid"], one["started"])) is not None]
    for process in psutil.wait_procs(left, timeout=ORPHAN_SECONDS)[1]:
        process.kill()
    psutil.wait_procs(left, timeout=ORPHAN_SECONDS)


def _same(pid: int, started: float) -> psutil.Process | None:
    """The process that was noted, not one that got its number later."""
    try:
        process = psutil.Process(pid)
        return process if process.create_time() == started else None
    except psutil.NoSuchProcess:
        return None
