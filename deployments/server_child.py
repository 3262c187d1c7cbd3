"""Owns the process of the Prefect server: `python -m deployments.server_child` with the environment of server.py.

Prefect's own command is not used because it leaves a server behind when its parent is killed, and costs a second of imports more.
"""

from __future__ import annotations

from typing import Any

from deployments.lifeline import end_with_parent

LOCK_SECONDS = 5


def main() -> None:
    end_with_parent()
    _wait_less_for_locks()
    import uvicorn
    from prefect.server.api.server import create_app
    from prefect.settings import get_current_settings

    api = get_current_settings().server.api
    uvicorn.run(
        create_app(final=True),
        host=api.host,
        port=api.port,
        timeout_keep_alive=api.keepalive_timeout,
        ws_ping_interval=api.websocket_ping_interval,
        ws_ping_timeout=api.websocket_ping_timeout,
        # Open pages and runners hold websockets; without a limit the server would wait for them for ever.
        timeout_graceful_shutdown=3,
        log_level="warning",
    )


def _wait_less_for_locks() -> None:
    """On SQLite a connection of Prefect's waits 60 s for the lock, which no setting changes, and while one did the whole server was seen to stand.

    What meets a lock for longer than this is answered 503, and every client tries that again.
    """
    from prefect.server.database.configurations import AioSqliteConfiguration

    prepare = AioSqliteConfiguration.setup_sqlite

    def setup(self: AioSqliteConfiguration, conn: Any, record: Any) -> None:
        prepare(self, conn, record)
        cursor = conn.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {LOCK_SECONDS * 1000}")
        cursor.close()

    AioSqliteConfiguration.setup_sqlite = setup  # type: ignore[method-assign]  # the class has no other door


if __name__ == "__main__":
    main()
