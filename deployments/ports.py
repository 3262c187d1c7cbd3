"""Owns the choice of a port on this machine."""

from __future__ import annotations

import socket

from campaign.errors import CampaignError
from deployments.server import LOOPBACK

TRIES = 50


def is_free(port: int, host: str = LOOPBACK) -> bool:
    """Asked by connecting and by binding: without SO_REUSEADDR a port of a server that has just ended would look taken for a minute."""
    with socket.socket() as caller:
        caller.settimeout(0.5)
        if caller.connect_ex((LOOPBACK if host == "0.0.0.0" else host, port)) == 0:  # noqa: S104 - compared, not bound
            return False
    with socket.socket() as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            server.bind((host, port))
        except OSError:
            return False
    return True


def choose_port(wanted: int, what: str, *, host: str = LOOPBACK, fixed: bool = False, taken: frozenset[int] = frozenset()) -> int:
    """`wanted`, else the next free one; with `fixed` (somebody named it in the settings) a taken port is a refusal."""
    if wanted not in taken and is_free(wanted, host):
        return wanted
    if fixed:
        raise CampaignError(f"{what}的端口 {wanted} 已被别的程序占用：请关掉那个程序，或在设置里换一个端口。", code="port_taken", port=wanted)
    for port in range(wanted + 1, min(wanted + 1 + TRIES, 65536)):
        if port not in taken and is_free(port, host):
            return port
    raise CampaignError(f"{what}找不到空闲端口（{wanted} 到 {wanted + TRIES} 都被占用）：请在设置里换一个端口。", code="port_taken", port=wanted)
