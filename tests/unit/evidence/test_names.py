"""Whatever a name is made of, what is kept of it is one safe name."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from campaign.evidence.names import NAMELESS, clean_name, clean_part, extension_of

AWKWARD = st.text(st.one_of(st.characters(), st.sampled_from('/\\.:*?"<>| \u202e\x00\x7f\u200b中e\u0301')), max_size=300)


@given(name=AWKWARD, limit=st.integers(24, 255))
@example(name="../../etc/passwd", limit=200)
@example(name="con.txt", limit=200)
@example(name=". . .", limit=200)
@example(name="长" * 300 + ".docx", limit=200)
@example(name="a" * 196 + "." * 9 + "con", limit=24)
@example(name="\ud800.pdf", limit=200)
def test_cleaned_name_is_safe_short_and_final(name: str, limit: int) -> None:
    for clean in (clean_name(name, limit), clean_part(name, limit)):
        assert clean
        assert clean not in (".", "..")
        assert clean == clean.strip()
        assert not set(clean) & set('/\\<>:"|?*')
        assert all(unicodedata.category(letter)[0] != "C" for letter in clean)
        assert len(clean.encode()) <= limit
        assert not clean.endswith(".")
        assert Path("folder", clean).name == clean
        assert clean_name(clean, limit) == clean


@given(stem=st.text(st.characters(categories=("L", "N")), min_size=1, max_size=300), extension=st.sampled_from(["pdf", "docx", "JPG"]))
def test_extension_survives(stem: str, extension: str) -> None:
    assert extension_of(clean_name(f"{stem}.{extension}")) == extension.lower()


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("C:\\Users\\我\\桌面\\总结.docx", "总结.docx"),
        ("../../总结.pdf", "总结.pdf"),
        ("报告\u202efdp.exe", "报告fdp.exe"),
        ("第一行\n第二行.txt", "第一行 第二行.txt"),
        ("aux.txt", "_aux.txt"),
        ("", NAMELESS),
        ("  ..  ", NAMELESS),
        ("对不对？.pdf", "对不对\uff1f.pdf"),
    ],
)
def test_known_names(given_name: str, kept: str) -> None:
    assert clean_name(given_name) == kept


def test_folder_names_keep_their_slashes_readable() -> None:
    assert clean_part("5/8 次", 60) == "5\uff0f8 次"


@pytest.mark.parametrize(("name", "extension"), [("总结.PDF", "pdf"), ("总结9.30", ""), ("总结", ""), ("a.tar.gz", "gz"), (".pdf", "pdf")])
def test_extension_of_a_name(name: str, extension: str) -> None:
    assert extension_of(name) == extension
