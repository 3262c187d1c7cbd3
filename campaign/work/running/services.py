"""The way out of a process for notices, made once at its edge from the settings; every runner of passes uses this one.

Owns nothing but the joining: who is addressed is found by `campaign.work.running.deliver`, what is said and by which channel is `campaign.notices`.
Close it when the process ends, for channels keep connections.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from campaign.work.running.pass_steps import Services

if TYPE_CHECKING:
    from campaign.evidence.files import FileStore
    from campaign.evidence.opening import EvidenceSettings
    from campaign.notices.sending import SenderSettings


def services_from(settings: SenderSettings) -> Services:
    from campaign.notices.sending import Sender

    sender = Sender(settings)
    return Services(send=sender, close=sender.close)


@contextmanager
def way_out(settings: SenderSettings) -> Iterator[Services]:
    """Services for one command, closed behind it."""
    services = services_from(settings)
    try:
        yield services
    finally:
        services.close()


def evidence_of(settings: EvidenceSettings) -> FileStore:
    """Where the bytes of what is handed in are kept."""
    from campaign.evidence.opening import open_evidence

    return open_evidence(settings)
