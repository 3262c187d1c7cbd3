"""Owns the promise that no child outlives its parent, however the parent ended.

A thread asks once a second who the parent is: works where the kernel's parent-death signal does not exist, and is not fooled when the
thread that forked the child ends.
"""

from __future__ import annotations

import os
import signal
import threading
import time

PARENT_VARIABLE = "CAMPAIGN_PARENT_PID"
GRACE_SECONDS = 15.0


def end_with_parent() -> None:
    """Ends this process when the one named in CAMPAIGN_PARENT_PID is no longer its parent; does nothing when none is named."""
    named = os.environ.get(PARENT_VARIABLE, "")
    if named:
        threading.Thread(target=_watch, args=(int(named),), name="lifeline", daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE_SECONDS)
    os._exit(1)
