"""What has been written is on the disk before anybody is told so. One place, because a missing fsync is seen only after a power cut."""

from __future__ import annotations

import os
from pathlib import Path


def keep_on_disk(path: Path) -> None:
    """Returns when a file's content, or a folder's list of names, has reached the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
