"""PDF of a Word paper, through LibreOffice where it is there.

Owns the one call: a profile of its own, so that an open LibreOffice does not swallow the request, one at a time on a machine, and a time
limit after which the whole process group is ended. Where it is missing the Word file is whole and can be printed by Word or WPS.
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
from campaign.plan.files.office import find_office

SECONDS = 60.0
_KEPT = ("PATH", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT")


class NoPdf(CampaignError):
    code = "no_pdf"


def to_pdf(docx: Path, out: Path, *, seconds: float = SECONDS) -> Path:
    office = find_office()
    if office is None:
        raise NoPdf("生成 PDF 需要 LibreOffice,这台机器上没有;Word 文件已经生成,可用 Word 或 WPS 打开后另存为 PDF。")
    with tempfile.TemporaryDirectory(prefix="campaign-pdf-") as name, _one_at_a_time(seconds):
        folder = Path(name)
        source = folder / "paper.docx"
        shutil.copyfile(docx, source)
        _convert(office, source, folder, seconds)
        made = source.with_suffix(".pdf")
        if not made.exists() or made.stat().st_size == 0:
            raise NoPdf("LibreOffice 没有生成 PDF;Word 文件已经生成,可用 Word 或 WPS 打开后另存为 PDF。")
        shutil.copyfile(made, out)
    return out


def _convert(office: str, source: Path, folder: Path, seconds: float) -> None:
    words = [office, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--norestore", "--convert-to", "pdf", "--outdir", str(folder)]
    environment = {name: value for name, value in os.environ.items() if name in _KEPT} | {"HOME": str(folder)}
    process = subprocess.Popen([*words, str(source)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True, env=environment)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired as late:
        raise NoPdf(f"LibreOffice 用了 {seconds:.0f} 秒还没转换完,已停止;Word 文件已经生成,可用 Word 或 WPS 另存为 PDF。") from late
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@contextmanager
def _one_at_a_time(seconds: float) -> Iterator[None]:
    """The same lock as the plan reader's: a second LibreOffice costs as much memory again."""
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
                    raise RetryLater("LibreOffice 正在转换另一个文件:请稍后重试。", code="office_busy") from busy
                time.sleep(0.2)
        yield
    finally:
        os.close(lock)
