"""Text of official documents brought to one shape, and Chinese numbers.

Owns the cleaning that every rule of the reader relies on: one width of punctuation and digits, no spaces inside dates and titles, no
anti-copy characters. Refuses to change words. `folded` keeps the length of its input, so that an offset found in it is an offset in
the cleaned original: people are shown their own punctuation.
"""

from __future__ import annotations

import re

_WIDE = {chr(0xFF01 + i): chr(0x21 + i) for i in range(94)}
_WIDE |= {
    "\u3000": " ", "\xa0": " ", "\t": " ", "﹙": "(", "﹚": ")", "∶": ":", "︰": ":", "﹕": ":", "〇": "零",
    "—": "-", "－": "-", "–": "-", "―": "-", "─": "-", "~": "-", "～": "-", "〜": "-", "∼": "-",
    "╳": "x", "×": "x", "X": "x", "＊": "*", "‘": "“", "’": "”", "「": "“", "」": "”", "｡": "。", "､": "、",
}  # fmt: skip
_FOLD = str.maketrans(_WIDE)

_NOISE = re.compile(r"[\ufeff\u200b-\u200f\u2028\u2029\x00-\x08\x0b-\x1f\x7f-\x9f]")
_ANTICOPY = re.compile(r"(?<=的)[`'‘.](?=[\u4e00-\u9fff“])")
_MARKDOWN = re.compile(r"^\s*(?:#{1,6}\s+|>\s+)|\*\*(?=\S)|(?<=\S)\*\*(?!\*)")
_BROKEN_POINT = re.compile(r"(?<=\d)[。．](?=\d)")
_DASH_ONE = re.compile(r"(?<=[日号月])一(?=\d{1,2}[月日号])|(?<=\d\.\d)一(?=\d)|(?<=\.\d\d)一(?=\d)")
_SPACED_PAIR = re.compile(r"(?:(?<=^)|(?<=[^\u4e00-\u9fff]))([\u4e00-\u9fff])[ \u3000\xa0]+([\u4e00-\u9fff])(?=\s*[:：(（、,，)）]|\s*$)")
_SPACED_DATE = re.compile(r"(?<=[\dxX*_])[ \u3000\xa0]+(?=[年月日号])|(?<=[年月])[ \u3000\xa0]+(?=[\dxX*_])")

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0, "○": 0}
_UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10000}
CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
BRACKETED = "⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽⑾⑿⒀⒁⒂⒃⒄⒅⒆⒇"
DOTTED = "⒈⒉⒊⒋⒌⒍⒎⒏⒐⒑⒒⒓⒔⒕⒖⒗⒘⒙⒚⒛"


def cleaned(line: str) -> str:
    """A line without invisible characters, anti-copy marks and the spaces that typists put inside 组 长 and 5 月9 日."""
    line = _MARKDOWN.sub("", _NOISE.sub("", line)).strip()
    line = _BROKEN_POINT.sub(".", _ANTICOPY.sub("", line))
    line = _DASH_ONE.sub("-", line)
    line = _SPACED_DATE.sub("", line)
    return _SPACED_PAIR.sub(r"\1\2", line)


def folded(text: str) -> str:
    """Half-width punctuation and digits, one dash, one pair of quotes; as long as the input."""
    return text.translate(_FOLD)


def number(text: str) -> int | None:
    """Value of an Arabic, Chinese, circled or bracketed number: 12 → 12, 二十三 → 23, ⑶ → 3. None for anything else."""
    if not text:
        return None
    if text.isascii() and text.isdigit():
        return int(text) if len(text) <= 9 else None
    for row in (CIRCLED, BRACKETED, DOTTED):
        if len(text) == 1 and text in row:
            return row.index(text) + 1
    return _chinese(text)


def _chinese(text: str) -> int | None:
    total, section, digit = 0, 0, None
    if len(text) > 1 and all(c in _DIGITS for c in text):
        return int("".join(str(_DIGITS[c]) for c in text)) if len(text) <= 4 else None
    for c in text:
        if c in _DIGITS:
            digit = _DIGITS[c]
        elif c == "万":
            total, section, digit = (total + section + (digit or 0)) * 10000, 0, None
        elif c in _UNITS:
            section += (1 if digit is None else digit) * _UNITS[c]
            digit = None
        else:
            return None
    return total + section + (digit or 0)


_SKIP = re.compile(r"[\s,.;:!?。、·“”\"'《》〈〉()\[\]【】〔〕\-_~|/`*]+")


def squeezed(text: str) -> str:
    """Only the words: what is compared and hashed."""
    return _SKIP.sub("", folded(text)).lower()
