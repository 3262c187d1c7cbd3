"""Old Word and WPS files (.doc, .wps, .rtf) through LibreOffice.

Owns the one call of `soffice`: with a profile of its own (so that an open LibreOffice does not swallow the request), one at a time on a
machine (a lock file in the temporary folder), with a time limit, after which the whole process group is ended.
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

from campaign.errors import BadPlan, RetryLater
from campaign.plan.files.guard import check_size, refuse
from campaign.plan.files.word import read_docx
from campaign.plan.source import SourceText

SECONDS = 60


def read_with_office(path: Path, *, seconds: float = SECONDS) -> SourceText:
    check_size(path)
    office = find_office()
    if office is None:
        raise refuse(path, "读取 .doc、.wps、.rtf 需要 LibreOffice,这台机器上没有;请用 Word 或 WPS 另存为 .docx 后重试", "no_office")
    with tempfile.TemporaryDirectory(prefix="campaign-office-") as folder, _one_at_a_time(seconds):
        # Under a plain name: LibreOffice chooses its filter by content, and odd letters in a name need no care.
        source = Path(folder) / f"source{path.suffix.lower()}"
        shutil.copyfile(path, source)
        _convert(path, office, source, Path(folder), seconds)
        converted = source.with_suffix(".docx")
        if not converted.exists() or converted.stat().st_size == 0:
            raise refuse(path, "LibreOffice 打不开这个文件,可能已加密或损坏;请用 Word 或 WPS 打开后另存为 .docx", "broken")
        try:
            return read_docx(converted)
        except BadPlan as wrong:
            raise BadPlan(wrong.message.replace(converted.name, path.name), code=wrong.code, path=str(path)) from wrong


def find_office() -> str | None:
    return shutil.which("soffice") or shutil.which("libreoffice")


def _convert(path: Path, office: str, source: Path, folder: Path, seconds: float) -> None:
    words = [
        office,
        f"-env:UserInstallation={(folder / 'profile').as_uri()}",
        "--headless",
        "--norestore",
        "--convert-to",
        "docx",
        "--outdir",
        str(folder),
        str(source),
    ]
    environment = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT")} | {"HOME": str(folder)}
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True, env=environment)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired as late:
        raise refuse(path, f"LibreOffice 用了 {seconds:.0f} 秒还没转换完,已停止;请用 Word 或 WPS 另存为 .docx 后重试", "too_slow") from late
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@contextmanager
def _one_at_a_time(seconds: float) -> Iterator[None]:
    """A second LibreOffice costs as much memory again; wait for the first, but not for ever."""
    import fcntl

    until = time.monotonic() + seconds
    lock = os.open(Path(tempfile.gettempdir()) / f"campaign-office-{os.getuid()}.lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as busy:
                if time.monotonic() > until:
                    raise RetryLater("LibreOffice 正在转换另一个文件:请稍后重试", code="office_busy") from busy
                time.sleep(0.2)
        yield
    finally:
        os.close(lock)
