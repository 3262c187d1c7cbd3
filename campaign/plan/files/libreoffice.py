"""LibreOffice as a converter of files: the one place that starts it.

Owns the call: a profile of its own, so that an open LibreOffice does not swallow the request; one at a time on a machine, for a second one
costs as much memory again; a time limit, after which the whole process group is ended. The profile runs no macros and follows no links, for
what is converted may come from anybody. Refuses to say what a caller could do without it: each names its own way out.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from campaign.errors import CampaignError, RetryLater

SECONDS = 60.0
_KEPT = ("PATH", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT")
_CAREFUL = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop>
<prop oor:name="DisableActiveContent" oor:op="fuse"><value>true</value></prop>
<prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop>
</item></oor:items>
"""


class NotConverted(CampaignError):
    """`code` says why: no_office, too_slow, broken."""

    code = "not_converted"


def find_office() -> str | None:
    return shutil.which("soffice") or shutil.which("libreoffice")


def convert(path: Path, out: Path, *, seconds: float = SECONDS) -> Path:
    """Write `path` as the format that the suffix of `out` names (.pdf, .docx …); `out` is whole or not there."""
    office = find_office()
    if office is None:
        raise NotConverted("这台机器上没有 LibreOffice", code="no_office")
    with tempfile.TemporaryDirectory(prefix="campaign-office-") as name, _one_at_a_time(seconds):
        folder = Path(name)
        made_in = folder / "made"
        made_in.mkdir()
        # Under a plain name: LibreOffice chooses its filter by content, and odd letters in a name need no care.
        source = folder / f"source{path.suffix.lower()}"
        shutil.copyfile(path, source)
        _run(office, source, made_in, out.suffix.lower().lstrip("."), seconds)
        made = made_in / f"source{out.suffix.lower()}"
        if not made.exists() or made.stat().st_size == 0:
            raise NotConverted("LibreOffice 打不开这个文件，可能已加密或损坏", code="broken")
        whole = out.with_name(f".{out.name}.{os.getpid()}.part")
        try:
            shutil.copyfile(made, whole)
            os.replace(whole, out)
        finally:
            whole.unlink(missing_ok=True)
    return out


def _run(office: str, source: Path, made_in: Path, to: str, seconds: float) -> None:
    home = source.parent
    settings = home / "profile" / "user"
    settings.mkdir(parents=True)
    (settings / "registrymodifications.xcu").write_text(_CAREFUL, encoding="utf-8")
    profile = f"-env:UserInstallation={(home / 'profile').as_uri()}"
    words = [office, profile, "--headless", "--norestore", "--convert-to", to, "--outdir", str(made_in), str(source)]
    environment = {name: value for name, value in os.environ.items() if name in _KEPT} | {"HOME": str(home)}
    process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True, env=environment)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired as late:
        raise NotConverted(f"LibreOffice 用了 {seconds:.0f} 秒还没转换完，已停止", code="too_slow") from late
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@contextmanager
def _one_at_a_time(seconds: float) -> Iterator[None]:
    """Wait for the first, but not for ever."""
    import fcntl

    until = time.monotonic() + seconds
    flags = os.O_CREAT | os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW
    lock = os.open(Path(tempfile.gettempdir()) / f"campaign-office-{os.getuid()}.lock", flags, 0o600)
    try:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as busy:
                if time.monotonic() > until:
                    raise RetryLater("LibreOffice 正在转换另一个文件：请稍后重试", code="office_busy") from busy
                time.sleep(0.2)
        yield
    finally:
        os.close(lock)
