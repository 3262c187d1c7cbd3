"""`python -m campaign.portal --data DIR --port N`: the portal as a process of its own, on 127.0.0.1 unless told otherwise.

Ends with the process that started it, named in CAMPAIGN_PARENT_PID: `campaign up` may be killed, and nothing may stay behind.
"""

from __future__ import annotations

import argparse
import asyncio
import ctypes
import gc
import logging
import os
import signal
import sys
import threading
import time
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

import uvicorn
from anyio.to_thread import current_default_thread_limiter

from campaign.engine.client import connect
from campaign.errors import CampaignError
from campaign.evidence.files import Health
from campaign.portal.app import create_app
from campaign.portal.oidc import SignOn
from campaign.portal.place import Place, PrefectWatch
from campaign.records.duty.requests import withdrawn_files
from campaign.records.store import Store
from campaign.work.people.first_accounts import FIRST_LOGIN, demo_logins, first_administrator, sample_is_here
from campaign.work.running.services import evidence_of
from config.settings import Settings, load_settings

LOOPBACK = ("127.0.0.1", "localhost", "::1")
PAGES_AT_ONCE = 12
"""More at once would wait for each other: for the interpreter, and for a connection to the database while holding one."""
NOT_STARTED = 3
M_ARENA_MAX = -8
"""By that number `mallopt` knows how many heaps there may be (malloc.h)."""
SWITCH_SECONDS = 0.001
"""How long a page that is being written keeps the interpreter from whoever has just called."""


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="campaign.portal", description="门户网页")
    parser.add_argument("--data", type=Path, help="数据目录")
    parser.add_argument("--port", type=int, help="端口")
    parser.add_argument("--host", help="监听地址，默认 127.0.0.1")
    parser.add_argument("--demo", action="store_true", help="建立演示账号（仅限本机登录）")
    asked = parser.parse_args(arguments)
    try:
        settings = load_settings(home=asked.data)
        logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s %(message)s")
        host = asked.host or settings.host
        place = place_from(settings, host)
        _first_accounts(place, demo=asked.demo)
        finish_withdrawals(place)
        place.derived.forget_unused(place.clock())
    except CampaignError as refusal:
        print(refusal.message, file=sys.stderr)  # noqa: T201 - a process says on its terminal why it does not start
        return 2
    _end_with_parent()
    serve(place, host, asked.port or settings.portal_port)
    place.store.close()
    return 0


def _one_heap() -> None:
    """For all threads. Else glibc gives each of them its own, and each keeps what its largest request took: 10 MB more behind six uploads at once."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(M_ARENA_MAX, 1)


def serve(place: Place, host: str, port: int) -> None:
    """Until a signal ends it. What was made at the start stays: looking through it for rubbish again and again would take its time from the pages."""
    _one_heap()
    server = uvicorn.Server(
        uvicorn.Config(
            create_app(place), host=host, port=port, log_level="warning", server_header=False, timeout_graceful_shutdown=5,
            access_log=False, proxy_headers=False, ws="none",
        )
    )  # fmt: skip

    async def answer() -> None:
        current_default_thread_limiter().total_tokens = PAGES_AT_ONCE
        await server.serve()

    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)
    sys.setswitchinterval(SWITCH_SECONDS)
    with suppress(KeyboardInterrupt):
        asyncio.run(answer())
    if not server.started:
        sys.exit(NOT_STARTED)


def place_from(settings: Settings, host: str) -> Place:
    """Opens (and migrates) the records. Names beyond this machine's own come from CAMPAIGN_PORTAL_HOSTS; with them the overview needs a login."""
    named = tuple(one.strip() for one in settings.portal_hosts.split(",") if one.strip())
    local = host in LOOPBACK and not named
    return Place(
        store=Store.open(settings.data_dir, settings.database_url),
        home=settings.data_dir,
        prefect=PrefectWatch(lambda: connect(settings.prefect_url, home=settings.data_dir, patience=3.0)),
        ladders=Path(__file__).parents[2] / "config" / "ladders",
        hosts=("127.0.0.1", "localhost", "[::1]", *((host,) if host not in ("0.0.0.0", "::") else ()), *named),  # noqa: S104 - compared, not bound
        open_board=local,
        secure_cookies=settings.portal_https,
        sign_on=sign_on_from(settings),
        kept=evidence_of(settings),
        converts=True,
    )


def sign_on_from(settings: Settings) -> SignOn | None:
    """Refuses half a provider: a portal that starts without the sign-on it was meant to have would surprise everybody at the login page."""
    given = {"CAMPAIGN_OIDC_ISSUER": settings.oidc_issuer, "CAMPAIGN_OIDC_CLIENT_ID": settings.oidc_client_id}
    if not any(given.values()):
        return None
    if missing := [name for name, value in given.items() if not value]:
        raise CampaignError(f"统一身份认证的设置不完整：请补上 {'、'.join(missing)}。", code="bad_settings")
    assert settings.oidc_issuer
    assert settings.oidc_client_id
    if not settings.oidc_issuer.startswith("https://") and not settings.oidc_allow_http:
        raise CampaignError("CAMPAIGN_OIDC_ISSUER 应以 https:// 开头。确在可信内网使用 http 的，请设置 CAMPAIGN_OIDC_ALLOW_HTTP=1。", code="bad_settings")
    if find_spec("authlib") is None:
        raise CampaignError('已设置统一身份认证，但没有安装 authlib：请运行 pip install "campaign[oidc]"。', code="no_authlib")
    return SignOn(
        settings.oidc_issuer,
        settings.oidc_client_id,
        settings.oidc_client_secret or "",
        label=settings.oidc_label,
        number_claim=settings.oidc_number_claim,
        make_accounts=settings.oidc_make_accounts,
    )


def _first_accounts(place: Place, *, demo: bool) -> None:
    """The first administrator's one-time password is left in a file that only the operator can read; it never stands in a log."""
    password = first_administrator(place.store, place.clock())
    if password is not None:
        note = place.home / "run" / "first-login.txt"
        note.parent.mkdir(parents=True, exist_ok=True)
        note.touch(mode=0o600)
        note.write_text(f"登录名 {FIRST_LOGIN}\n一次性口令 {password}\n首次登录时必须修改；7 天内有效。修改后请删除本文件。\n", encoding="utf-8")
        print(f"首个管理员的登录名和一次性口令见 {note}", flush=True)  # noqa: T201 - for the operator; `up` keeps this in a log, so no password
    if demo or (place.open_board and sample_is_here(place.store)):
        demo_logins(place.store, place.clock())


def finish_withdrawals(place: Place) -> None:
    """Remove what two persons have agreed to remove, should the machine have stopped between the record and the bytes."""
    with place.store.read() as tx:
        agreed = withdrawn_files(tx)
    for sha256, reason in agreed:
        if place.evidence.verify(sha256) not in (Health.WITHDRAWN, Health.MISSING):
            place.remove_bytes(sha256, reason)


def _end_with_parent() -> None:
    parent = os.environ.get("CAMPAIGN_PARENT_PID", "")
    if parent:
        threading.Thread(target=_watch, args=(int(parent),), name="lifeline", daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(15)
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main())
