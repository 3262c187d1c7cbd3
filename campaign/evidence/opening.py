"""The evidence store that the settings name: a folder of the data folder, or an S3-compatible store, with the virus scanner before it."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from campaign.evidence.files import FileStore
from campaign.evidence.scanning import guard_of


class EvidenceSettings(Protocol):
    @property
    def data_dir(self) -> Path: ...
    @property
    def evidence_url(self) -> str | None: ...
    @property
    def s3_endpoint(self) -> str | None: ...
    @property
    def s3_access_key(self) -> str | None: ...
    @property
    def s3_secret_key(self) -> str | None: ...
    @property
    def s3_region(self) -> str | None: ...
    @property
    def scan_command(self) -> str | None: ...
    @property
    def scan_socket(self) -> str | None: ...
    @property
    def scan_when_down(self) -> str: ...
    @property
    def scan_seconds(self) -> int: ...


def open_evidence(settings: EvidenceSettings) -> FileStore:
    folder = settings.data_dir / "evidence"
    guard = guard_of(settings.scan_command, settings.scan_socket, when_down=settings.scan_when_down, seconds=settings.scan_seconds)
    if not settings.evidence_url:
        return FileStore(folder, guard=guard)
    from campaign.evidence.remote import RemoteStore, open_bucket

    bucket = open_bucket(
        settings.evidence_url, endpoint=settings.s3_endpoint, access_key=settings.s3_access_key, secret_key=settings.s3_secret_key, region=settings.s3_region
    )
    return RemoteStore(bucket, folder, guard=guard)
