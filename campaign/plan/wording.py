"""Words of an entry: without its number, its heading or its names, and the title that people see.

Refuses an empty title: the first words of an entry are better than none.
"""

from __future__ import annotations

import re

from campaign.plan.outline import marker
from campaign.plan.units import name_of_body

_ONLY_TIME = re.compile(r"[\dxX_*年月日上中下旬初底末前至到起止元一二三四五六七八九十份号.\-季度()]+|\S{1,4}节")
_STAFF_LINE = re.compile(r"(?:副?组长|副?主任|成员|组员|牵头|责任|组长|配合)\S{0,4}\s*:|(?:主要|工作|具体)*职责\s*:?$")


def without_number(text: str) -> str:
    """An entry without its printed number."""
    found = marker(text)
    return text[found[3] :] if found else text


def after_heading(text: str, heading: str) -> str:
    """The heading of an entry is a subject only if a verb follows it: 社居委应当… has none."""
    if heading and text.startswith(heading) and text[len(heading) :].lstrip(" 。:;\n"):
        rest = text[len(heading) :].lstrip(" 。:;\n")
        return rest if not re.search(r"[要应须]|负责", heading) else text
    return text


def without_heading(text: str, heading: str) -> str:
    rest = without_number(text)
    return rest if not heading or rest.strip(" 。;:.") == heading else rest.replace(heading, heading + "。", 1)


def title_of(text: str, heading: str) -> str:
    """The entry's heading, else its first clauses; never empty."""
    words = re.sub(r"-{1,}\s*(?:责任|牵头|主办|承办).*$", "", heading).strip(" :-") if heading else ""
    if words and len(words) <= 46 and not name_of_body(heading) and not _ONLY_TIME.fullmatch(words):
        return words
    rest = without_number(text)
    if heading and rest.startswith(heading) and name_of_body(heading):
        rows = [row for row in rest[len(heading) :].lstrip(" :。\n").split("\n") if row and not _STAFF_LINE.match(row)]
        rest = "\n".join(re.sub(r"^(?:主要|工作|具体)*职责(?:是|为)?\s*:\s*", "", row) for row in rows) or rest
    if heading and _ONLY_TIME.fullmatch(heading) and rest.startswith(heading):
        rest = rest[len(heading) :].lstrip(" :,。") or rest
    title = ""
    for piece in re.split(r"(?<=[,。;:!?\n])", rest):
        if title and (len(title) + len(piece) > 36 or title[-1] in "。;!?\n"):
            break
        title += piece
    return title.strip(" ,。;:!?\n")[:60] or rest.strip()[:60] or text.strip()[:60] or "（无标题）"
