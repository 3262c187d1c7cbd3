"""Owns the process of the Prefect server: `python -m deployments.server_child` with the environment of server.py.

Prefect's own command is not used because it leaves a server behind when its parent is killed, and costs a second of imports more.
"""

from __future__ import annotations

from deployments.lifeline import end_with_parent


def main() -> None:
    end_with_parent()
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


if __name__ == "__main__":
    main()
