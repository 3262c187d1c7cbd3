"""Office files become PDF beside the requests, once, and go when their original goes."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import docx
import pytest

from campaign.errors import CampaignError
from campaign.evidence.derived import Derivation, Derived
from campaign.evidence.files import FileStore, Kept
from campaign.plan.files.libreoffice import convert, find_office

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class Converter:
    """Counts, and waits where a test wants to look meanwhile."""

    def __init__(self, wrong: Exception | None = None) -> None:
        self.wrong, self.made, self.may_go = wrong, 0, threading.Event()
        self.may_go.set()

    def __call__(self, path: Path, out: Path, *, seconds: float) -> Path:
        assert self.may_go.wait(120)
        self.made += 1
        if self.wrong:
            raise self.wrong
        out.write_bytes(b"%PDF-1.4 " + path.read_bytes()[:4])
        return out


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "evidence")


@pytest.fixture
def one(store: FileStore) -> Kept:
    document, made = docx.Document(), io.BytesIO()
    document.add_paragraph("巡查整改报告")
    document.save(made)
    return store.put(io.BytesIO(made.getvalue()), "报告.docx")


def derived(tmp_path: Path, store: FileStore, converter: Converter, *, available: bool = True) -> Derived:
    return Derived(tmp_path / "derived", store, convert=converter, available=lambda: available)


def finished(ask: Callable[[], Derivation]) -> Derivation:
    """The answer when the thread has done what was asked."""
    done = threading.Event()
    for _ in range(4000):
        answer = ask()
        if not answer.waiting:
            return answer
        done.wait(0.05)
    raise AssertionError("never converted")


def test_the_first_look_waits_and_a_later_one_has_it(tmp_path: Path, store: FileStore, one: Kept) -> None:
    converter = Converter()
    converter.may_go.clear()
    asked = derived(tmp_path, store, converter)
    assert asked.pdf_of(one.sha256, one.size, WORD).waiting
    assert asked.pdf_of(one.sha256, one.size, WORD).waiting, "asked twice, made once"
    converter.may_go.set()
    answer = finished(lambda: asked.pdf_of(one.sha256, one.size, WORD))
    assert answer.pdf is not None
    assert answer.pdf.read_bytes() == b"%PDF-1.4 PK\x03\x04"
    assert converter.made == 1


def test_what_cannot_be_converted_says_so_and_is_not_tried_again(tmp_path: Path, store: FileStore, one: Kept) -> None:
    converter = Converter(CampaignError("LibreOffice 打不开这个文件"))
    asked = derived(tmp_path, store, converter)
    assert "请下载后查看" in finished(lambda: asked.pdf_of(one.sha256, one.size, WORD)).why
    again = derived(tmp_path, store, converter)
    assert "打不开" in again.pdf_of(one.sha256, one.size, WORD).why
    assert converter.made == 1


def test_without_libreoffice_it_is_said_at_once(tmp_path: Path, store: FileStore, one: Kept) -> None:
    answer = derived(tmp_path, store, Converter(), available=False).pdf_of(one.sha256, one.size, WORD)
    assert "没有安装 LibreOffice" in answer.why


def test_it_goes_with_its_original_and_when_nobody_looks(tmp_path: Path, store: FileStore, one: Kept) -> None:
    asked = derived(tmp_path, store, Converter())
    made = finished(lambda: asked.pdf_of(one.sha256, one.size, WORD)).pdf
    assert made is not None
    assert asked.forget_unused(datetime.now(UTC)) == 0
    assert asked.forget_unused(datetime.now(UTC) + timedelta(days=31)) == 1
    made = finished(lambda: asked.pdf_of(one.sha256, one.size, WORD)).pdf
    asked.forget(one.sha256)
    assert made is not None
    assert not made.exists()


@pytest.mark.slow
@pytest.mark.skipif(find_office() is None, reason="needs LibreOffice")
def test_a_real_word_file_becomes_a_real_pdf(tmp_path: Path, store: FileStore, one: Kept) -> None:
    asked = Derived(tmp_path / "derived", store, convert=convert, available=lambda: True)
    answer = finished(lambda: asked.pdf_of(one.sha256, one.size, WORD))
    assert answer.pdf is not None, answer.why
    assert answer.pdf.read_bytes().startswith(b"%PDF")
