"""Parts are counted in bytes, cut at line ends, numbered, and lose nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.notices.splitting import parts_of, shortened


def test_what_fits_stays_whole() -> None:
    assert parts_of("甲乙丙", 9) == ["甲乙丙"]


def test_lines_are_kept_whole_where_they_fit() -> None:
    parts = parts_of("\n".join(f"{number}. 整治环境卫生" for number in range(1, 11)), 100)
    assert all(line.endswith("整治环境卫生") for part in parts for line in part.splitlines()[1:])
    assert parts[0].startswith(f"（1/{len(parts)}）\n1. ")


@pytest.mark.parametrize("limit", [60, 200, 2048])
@given(text=st.text(alphabet="甲乙é𠮷a \n", min_size=1, max_size=900))
def test_no_part_is_longer_and_nothing_is_lost(limit: int, text: str) -> None:
    parts = parts_of(text, limit)
    assert all(len(part.encode()) <= limit for part in parts)
    whole = "".join(part.split("\n", 1)[1] if len(parts) > 1 else part for part in parts)
    assert "".join(whole.split()) == "".join(text.split())


@given(text=st.text(max_size=100), limit=st.integers(10, 50))
def test_a_shortened_text_ends_between_characters(text: str, limit: int) -> None:
    assert len(shortened(text, limit).encode()) <= limit
    assert text.startswith(shortened(text, limit).removesuffix("…"))
