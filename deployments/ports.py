"""Owns the choice of a port on this machine, and the claim that keeps it until its server listens.

A server listens some ten seconds after its port was chosen, or a minute after its last end. Two `up` that were started together chose the same
ports in that gap: one server died again and again, and the other was taken for both. So whoever chooses claims the number: he binds it in the
kernel's UDP table, which no server of ours uses. A claim needs no file and no clean-up: it goes with its process, however that ends.
"""

from __future__ import annotations

import socket
from contextlib import ExitStack

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


def choose_port(wanted: int, what: str, held: ExitStack, *, host: str = LOOPBACK, fixed: bool = False) -> int:
    """`wanted`, else the next free one, claimed until `held` is closed; with `fixed` (somebody named it in the settings) a taken port is a refusal."""
    if _claim(wanted, host, held):
        return wanted
    if fixed:
        raise CampaignError(f"{what}的端口 {wanted} 已被别的程序占用：请关掉那个程序，或在设置里换一个端口。", code="port_taken", port=wanted)
    for port in range(wanted + 1, min(wanted + 1 + TRIES, 65536)):
        if _claim(port, host, held):
            return port
    raise CampaignError(f"{what}找不到空闲端口（{wanted} 到 {wanted + TRIES} 都被占用）：请在设置里换一个端口。", code="port_taken", port=wanted)


def _claim(port: int, host: str, held: ExitStack) -> bool:
    """Claimed first and looked at then: of two who want it, one never looks."""
    claim = socket.socket(type=socket.SOCK_DGRAM)
    try:
        claim.bind((LOOPBACK, port))
    except OSError:
        claim.close()
        return False
    if not is_free(port, host):
        claim.close()
        return False
    held.enter_context(claim)
    return True
