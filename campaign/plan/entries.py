"""Entries of the outline as the reader of items needs them: their words, their parts (一是…二是…) and lists of sister entries.

Refuses to look at what the words mean; it only cuts and joins them.
"""

from __future__ import annotations

import re
from itertools import pairwise

from campaign.plan.outline import Node, Para
from campaign.plan.wording import without_number

PART_START = re.compile(r"(?:(?<=^)|(?<=[。;:,\s]))(?:[一二三四五六七八九十]是|首先|其次|再次|最后)[,:]?")


def words_of(node: Node) -> str:
    return without_number(node.own.text) if node.own else ""


def parts_of(para: Para) -> list[Para]:
    cuts = [m.start() for m in PART_START.finditer(para.text)]
    return [para.cut(a, b) for a, b in zip(cuts, [*cuts, len(para.text)][1:], strict=True)]


def sentences_of(para: Para) -> list[Para]:
    ends = [m.end() for m in re.finditer(r"[。;](?=.)", para.text)]
    return [piece for a, b in pairwise([0, *ends, len(para.text)]) if (piece := para.cut(a, b)).text]


def is_leading_group(body: str | None, text: str) -> bool:
    """A leading group with its list of names."""
    return bool(body and re.search(r"领导小组|指挥部|委员会", body) and re.search(r"(?:^|\n)(?:组长|主任|总?指挥长?)\s*:", text))


def text_with(node: Node, paras: list[Para]) -> str:
    rows = [node.own.text] if node.own else []
    rows += [p.text for p in paras]
    rows += ["\n".join(text_with(c, c.paras) for c in node.children)] if node.children else []
    return "\n".join(rows)


def raw_with(node: Node, paras: list[Para]) -> str:
    rows = [node.own.raw] if node.own else []
    rows += [p.raw for p in paras]
    return "\n".join(rows + [c.whole() for c in node.children])


def runs_of(nodes: list[Node]) -> list[list[Node]]:
    """Sister entries as lists: a restart of the numbers or another kind of number begins a new one."""
    runs: list[list[Node]] = []
    for node in nodes:
        if runs and runs[-1][-1].kind == node.kind and runs[-1][-1].value < node.value:
            runs[-1].append(node)
        else:
            runs.append([node])
    return runs


def is_list_of(run: list[Node], pattern: re.Pattern[str], share: float) -> bool:
    hits = sum(bool(pattern.match(n.heading or (n.body.text if n.body else ""))) for n in run)
    return len(run) >= 2 and hits >= share * len(run)
