"""Lines of an official document as a tree of numbered entries.

Owns numbering (一、 (一) 1. (1) ① 一是 第一阶段 第一步 第一条) with the dirt of real files: hard line breaks inside sentences are
joined, several entries in one line are split, lost or repeated numbers and restarts are accepted. Refuses to judge what an entry is
about. A kind of number that is not open yet opens a level below the current entry unless it ranks above it: documents skip
levels freely, but hardly ever turn their order round.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from campaign.plan.normal import BRACKETED, CIRCLED, DOTTED, cleaned, folded, number
from campaign.plan.source import Line, SourceText

_CN = "一二三四五六七八九十百零"
_ORDINAL = "(?:[二三四五六七八九]?十[一二三四五六七八九]?|[一二三四五六七八九])"
RANK = {"chapter": 0, "cn": 1, "article": 1, "label": 1, "stage": 2, "month": 2, "cnp": 2, "num": 3, "dec": 4, "deep": 5, "nump": 6, "circ": 7, "is": 8}

_MARKERS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("chapter", re.compile(rf"第([{_CN}\d]{{1,4}})[章篇部](?:分)?[\s:、]*")),
    ("article", re.compile(rf"第([{_CN}\d]{{1,4}})条[\s:、]*")),
    ("stage", re.compile(rf"[(]?第([{_CN}\d]{{1,3}})(?:个)?(?:阶段|步骤|步|环节|时段|周)[)]?[\s:、,.]*(?=\S)")),
    ("stage", re.compile(rf"阶段([{_CN}\d]{{1,3}})[\s:、,.]+")),
    ("cn", re.compile(rf"({_ORDINAL})[、..:,](?![{_CN}、]{{1,3}}[、等级类名])(?:是(?=\S))?\s*")),
    ("cnp", re.compile(rf"[(]({_ORDINAL})[)][、.:]?\s*")),
    ("cnp", re.compile(rf"({_ORDINAL})[)]\s*")),
    ("is", re.compile(rf"([{_CN}]{{1,2}})(?:是|要|则)[,:、]?(?=\S)")),
    ("deep", re.compile(r"\d{1,2}\.\d{1,2}\.(\d{1,2})[.、]?\s*(?=[\u4e00-\u9fff“《])")),
    ("dec", re.compile(r"\d{1,2}\.(\d{1,2})[.、]?\s*(?=[\u4e00-\u9fff“《])(?![万亿元米倍个吨亩月年日%公千]|平方|百分)")),
    ("num", re.compile(r"(\d{1,2})\s+(?=[\u4e00-\u9fff]{2,12}$)")),
    ("num", re.compile(r"(\d{1,3})\s*(?:、(?!\d+[、.号栋])|[.．:,](?!\d)|\.(?=\d{1,2}(?:[-至到、]+\d{1,2})?月))\s*")),
    ("num", re.compile(rf"([{DOTTED}])\s*")),
    ("nump", re.compile(r"[(](\d{1,3})[)][、.:]?\s*")),
    ("nump", re.compile(r"(\d{1,2})[)][、.:]?\s*")),
    ("nump", re.compile(rf"([{BRACKETED}])(?:是(?=\S))?[、.:]?\s*")),
    ("circ", re.compile(rf"([{CIRCLED}])[、.:]?\s*")),
)
_BARE_DIGIT = re.compile(r"(\d{1,2})(?=[\u4e00-\u9fff“《(])(?!年[^度]|[月日号时点分个名人次项家户件条%元天周届级位岁期])\s*")
_INLINE = {
    "cn": re.compile(rf"(?:(?<=[。;:!])|(?<=[。;:!]\s))([{_CN}]{{1,3}})、(?![{_CN}、]{{1,3}}[、等级类])"),
    "stage": re.compile(rf"(?:(?<=[。;:])|(?<=[。;:,]\s))第([{_CN}]{{1,2}})(?:阶段|步)(?=[\s:、,(])"),
    "cnp": re.compile(rf"(?:(?<=[。;:.!])|(?<=\s)|(?<=,))[(]([{_CN}]{{1,3}})[)]"),
    "num": re.compile(r"(?:(?<=[。;:!])|(?<=[。;:!]\s)|(?<=\s))(\d{1,2})[、.．](?=\s?[\u4e00-\u9fff“《])"),
    "nump": re.compile(rf"(?:(?<=[。;:!,])|(?<=[。;:!,]\s)|(?<=\s))(?:[(](\d{{1,2}})[)]|([{BRACKETED}]))"),
    "circ": re.compile(rf"([{CIRCLED}])"),
}
_GLUED = re.compile(rf"[。;!]\s*([{_CN}]{{1,3}})、(?=[^,。;:、]{{2,12}}(?:[。:(]|$))")
_GLUED_FIRST = re.compile(rf"(?:^|[。;!]\s*)[{_CN}]{{1,3}}、[^,。;:、()]{{2,14}}([(]一[)])")
_FURNITURE = re.compile(r"[-\s]*\d{1,4}[-\s]*|第?\s*\d+\s*页.{0,8}|page\s*\d+.{0,8}|-+", re.IGNORECASE)
_CLOSED = re.compile(r"[。;:!?….…)”》】]$")
_DANGLING = re.compile(r"(?:[,、(“《]|的|和|与|及|以及|或|并|且|按|按照|根据|以|在|对|将|把|为|由|从|向|使|让|给|被|临时|进行|不|[,。;].*\d)$")
_CONTINUES = re.compile(r"[\u4e00-\u9fff,。;、)”》\d]")
_LEANING = re.compile(r"(?:来|到|出|得)?[的了着得过]|[,。;、)”》]|们|性|化")
_NEW_LINE = re.compile(r"(?:附件?|备注|说明|抄送|主题词)\s*\d?[:、]|[^,。;:]{1,14}:|.{0,30}\d?月\d{1,2}日$|[(].{1,10}[)]$")
_LABEL = re.compile(
    r"[【\[]?((?:活动|工作|实施|创建|整治|主要|总体|具体|比赛|参赛|组织)?(?:名称|主题|口号|背景|目的|目标|意义|宗旨|时间|日期|地点|对象|范围"
    r"|内容|任务|措施|形式|方式|方法"
    r"|流程|步骤|安排|准备|要求|机构|领导|保障|预算|主办|承办|协办|主办单位|承办单位|协办单位|指导思想|注意事项))[】\]]?\s*(?::|$|(?<=】))"
)
_MONTH_LINE = re.compile(r"[(【]?(?:[一二三四五六七八九十]{1,2}|1[0-2]|[1-9])月份?[)】]?\s*:?(?:\s*[^,。;:、]{0,8}月)?")
_ROLE_LABEL = re.compile(r".{0,4}(?:组长|指挥|主任|成员|队长|队员|单位|科室|部门|责任人|联系人|联络员|职责|如下)[^,。]{0,6}:$")


@dataclass(slots=True)
class Para:
    """One paragraph: `raw` is shown, `text` (folded, same length) is read."""

    raw: str
    text: str
    line: int

    @classmethod
    def of(cls, raw: str, line: int) -> Para:
        return cls(raw, folded(raw), line)

    def cut(self, start: int, end: int | None = None) -> Para:
        """A piece of the paragraph, without the spaces at its edges."""
        piece = self.text[start:end]
        lead = len(piece) - len(piece.lstrip())
        end = len(self.text) if end is None else end
        return Para(self.raw[start + lead : end].rstrip(), self.text[start + lead : end].rstrip(), self.line)


@dataclass(slots=True, eq=False)
class Node:
    """An entry: its printed number, its own paragraph split into heading and rest, further paragraphs and numbered entries below."""

    kind: str
    label: str = ""
    value: int = 0
    own: Para | None = None
    heading: str = ""
    body: Para | None = None
    paras: list[Para] = field(default_factory=list)
    children: list[Node] = field(default_factory=list)
    parent: Node | None = None

    @property
    def line(self) -> int:
        return self.own.line if self.own else self.paras[0].line if self.paras else 1

    @property
    def level(self) -> int:
        return -1 if self.kind == "root" else RANK[self.kind]

    def texts(self) -> list[Para]:
        """Own words without those of the entries below: the rest of the first paragraph, then the others."""
        return ([self.body] if self.body and self.body.text else []) + self.paras

    def walk(self) -> Iterator[Node]:
        yield self
        for child in self.children:
            yield from child.walk()

    def whole(self) -> str:
        """The entry from its number on, entries below included, as it is written."""
        own = [self.own.raw] if self.own else []
        return "\n".join(own + [p.raw for p in self.paras] + [c.whole() for c in self.children])

    def path(self) -> tuple[str, ...]:
        above = self.parent.path() if self.parent else ()
        return (*above, self.label) if self.label else above


def marker(text: str) -> tuple[str, str, int, int] | None:
    """Kind, printed number, value and length of the number that a text begins with; None if there is none."""
    for kind, pattern in _MARKERS:
        found = pattern.match(text)
        if found and (value := number(found.group(1))) is not None:
            return kind, found.group(0).strip(" "), value, found.end()
    return None


def paragraphs(source: SourceText) -> list[Para]:
    """Paragraphs of a document without page furniture, with sentences joined that a hard line break cut in two."""
    found: list[Para] = []
    width = _wrapped_at(source)
    last_width = 0.0
    for line in source.lines:
        raw = cleaned(line.text) if line.cells is None else ""
        if not raw or _FURNITURE.fullmatch(raw):
            continue
        para = Para.of(raw, line.number)
        full = bool(width) and last_width >= width - 4 and not _CLOSED.search(found[-1].text) if found else False
        last_width = _width(raw) if width else 0.0
        if found and ((full and _is_mid_sentence(para, line)) or _runs_on(found[-1], para, line)):
            last = found[-1]
            found[-1] = Para(last.raw + para.raw, last.text + para.text, last.line)
        else:
            found.append(para)
    return found


_SIGNED_ON = re.compile(r"(?=.*[年月日.\-/])[\dxX_*零〇○一二三四五六七八九十年月日.\-/ ]{4,20}。?")
_SIGNED_BY = re.compile(r"[^,。;:!?、]{3,30}")


def _without_signature(paras: list[Para]) -> list[Para]:
    """The last lines of a document, its issuer and its date, belong to no entry."""
    for at in range(len(paras) - 1, max(0, len(paras) - 4), -1):
        if _SIGNED_ON.fullmatch(paras[at].text):
            signed = at - 1 if at > 1 and _SIGNED_BY.fullmatch(paras[at - 1].text) and not marker(paras[at - 1].text) else at
            return paras[:signed] + paras[at + 1 :]
    return paras


def _width(text: str) -> float:
    """Width in Chinese characters: in UTF-8 one of them takes three bytes, a Latin letter one."""
    return (len(text.encode("utf-8", "replace")) + len(text)) / 4


def _wrapped_at(source: SourceText) -> float:
    """The line length of a text that was copied page by page, broken wherever the paper ended; 0 for any other."""
    rows = [cleaned(line.text) for line in source.lines if line.cells is None]
    wide = sorted(_width(row) for row in rows if row and not _CLOSED.search(folded(row)) and _width(row) >= 18)
    if len(wide) < 6:
        return 0.0
    edge = wide[int(len(wide) * 0.9)]
    return edge if sum(edge - 4 <= w <= edge + 2 for w in wide) * 10 >= len(wide) * 7 else 0.0


def _is_mid_sentence(para: Para, line: Line) -> bool:
    return not marker(para.text) and not (line.style or "").lower().startswith(("heading", "标题")) and not _NEW_LINE.match(para.text)


def _runs_on(last: Para, para: Para, line: Line) -> bool:
    if len(last.text) > 4000 or _CLOSED.search(last.text) or not _CONTINUES.match(para.text):
        return False
    if marker(para.text) or (line.style or "").lower().startswith(("heading", "标题")):
        return False
    if _LEANING.match(para.text):
        return True
    if _NEW_LINE.match(para.text):
        return False
    if _DANGLING.search(last.text):
        return len(last.text) >= 8
    mark = marker(last.text)
    inner = last.text[mark[3] :] if mark else last.text
    if mark and mark[0] == "cn":
        return "。" in inner
    return (bool(re.search(r"[。;]", inner)) and len(inner) >= 14) or (len(inner) >= 20 and inner.count(",") >= 2 and (mark is None or mark[0] == "circ"))


def _split_inline(para: Para, kinds: tuple[str, ...] = tuple(_INLINE)) -> list[Para]:
    """Entries that stand in one line: ⑨…。 ⑩… and 1、…;2、… become paragraphs of their own if their numbers count up."""
    own = marker(para.text)
    for kind in kinds:
        pattern = _INLINE[kind]
        expected = own[2] + 1 if own and own[0] == kind else 1
        need = 1 if own and own[0] == kind else 2
        cuts: list[int] = []
        for found in pattern.finditer(para.text, own[3] if own else 0):
            if number(next(g for g in found.groups() if g)) == expected:
                cuts.append(found.start())
                expected += 1
        if len(cuts) >= need:
            edges = [0, *cuts, len(para.text)]
            pieces = [piece for a, b in pairwise(edges) if (piece := para.cut(a, b)).text]
            deeper = tuple(_INLINE)[tuple(_INLINE).index(kind) + 1 :]
            return [small for piece in pieces for small in _split_inline(piece, deeper)]
    return [para]


def _split_glued(para: Para, stack: list[Node]) -> list[Para]:
    """…至4月30日。三、活动内容(一)宣传发动。 A lost line break: the next section begins in the line of the last one."""
    if not _GLUED.search(para.text) and not _GLUED_FIRST.search(para.text):
        return [para]
    own = marker(para.text)
    section = own[2] if own and own[0] == "cn" else next((n.value for n in reversed(stack) if n.kind == "cn"), 0)
    cuts = [m.start(1) for m in _GLUED.finditer(para.text) if m.start(1) and section and number(m.group(1)) == section + 1][:1]
    cuts += [m.start(1) for m in _GLUED_FIRST.finditer(para.text)][:1]
    edges = [0, *sorted(set(cuts)), len(para.text)]
    return [piece for a, b in pairwise(edges) if (piece := para.cut(a, b)).text] if cuts else [para]


def split_heading(text: str) -> int:
    """Where the heading of an entry ends: 46 characters at most, up to its first full stop or colon outside brackets; 0 without one."""
    depth = 0
    for at, c in enumerate(text[:47]):
        if c in "(“《":
            depth += 1
        elif c in ")”》":
            depth = max(0, depth - 1)
        elif depth == 0 and c in "。:;!." and not _inside_number(text, at):
            return at if at >= 2 else 0
    if len(text) <= 46 and depth == 0:
        return len(text)
    return 0


def _inside_number(text: str, at: int) -> bool:
    """The colon of 12:00 and the point of 3.5 end no heading."""
    return text[at] in ":." and text[at + 1 : at + 2].isdigit() and (text[at] == "." or text[at - 1 : at].isdigit())


def _node(mark: tuple[str, str, int, int], para: Para) -> Node:
    kind, label, value, length = mark
    node = Node(kind, label, value, para)
    rest = para.cut(length)
    edge = split_heading(rest.text)
    node.heading = rest.text[:edge].strip(" ,.、-。:;")
    node.body = rest.cut(edge) if edge else rest
    if edge and node.body:
        lead = len(node.body.text) - len(node.body.text.lstrip(" 。:;!.-"))
        node.body = node.body.cut(lead)
    return node


def _continued(mark: tuple[str, str, int, int], stack: list[Node]) -> tuple[str, str, int, int]:
    """⑩ followed by ⑾: a number that does not follow its own kind but exactly follows another open kind belongs to that list."""
    kind, label, value, length = mark
    same = next((n for n in reversed(stack) if n.kind == kind), None)
    if value <= 2 or (same and same.value == value - 1):
        return mark
    other = next((n for n in reversed(stack) if n.value == value - 1 and n.kind in ("circ", "nump", "num") and kind in ("circ", "nump", "num")), None)
    return (other.kind, label, value, length) if other else mark


def _marker_in(para: Para, stack: list[Node]) -> tuple[str, str, int, int] | None:
    found = marker(para.text)
    if found:
        return _continued(found, stack)
    if _MONTH_LINE.fullmatch(para.text):
        return "month", "", 0, 0
    if not any(n.kind in ("cn", "article", "chapter", "cnp") for n in stack) and (label := _LABEL.match(para.text)):
        return "label", "", 0, label.start(1)
    if not (bare := _BARE_DIGIT.match(para.text)):
        return None
    value = int(bare.group(1))
    last = next((n.value for n in reversed(stack) if n.kind == "num"), 0)
    return ("num", bare.group(1), value, bare.end()) if value == last + 1 and (value > 1 or stack[-1].kind != "root") else None


def _place(stack: list[Node], node: Node) -> Node:
    """The parent of a new entry; entries that are thereby closed leave the stack."""
    kinds = [n.kind for n in stack]
    if node.kind in kinds:
        while stack[-1].kind != node.kind:
            stack.pop()
        stack.pop()
        return stack[-1]
    # (一) directly under a bare 1、 heading is its child although (一) ranks higher; after a body it starts a new list.
    nested = node.value == 1 and stack[-1].kind == "num" and not stack[-1].texts() and node.kind in ("cnp", "stage")
    while not nested and stack[-1].kind != "root" and stack[-1].level >= node.level:
        stack.pop()
    return stack[-1]


def outline(source: SourceText) -> Node:
    """The tree of a document; the root holds the title and whatever stands before the first number."""
    root = Node("root")
    stack = [root]
    for whole in _without_signature(paragraphs(source)):
        for para in (piece for part in _split_glued(whole, stack) for piece in _split_inline(part)):
            mark = _marker_in(para, stack)
            if mark is None:
                stack[-1].paras.append(para)
                continue
            node = _node(mark, para)
            parent = _place(stack, node)
            node.parent = parent
            parent.children.append(node)
            stack.append(node)
    _lift_side_headings(root)
    return root


def _lift_side_headings(node: Node) -> None:
    """A short line that ends in a colon behind the body of a numbered entry opens an entry of its own beside it."""
    for child in tuple(node.children):
        _lift_side_headings(child)
        cut = next((i for i, p in enumerate(child.paras) if i and _is_side_heading(p) and i + 1 < len(child.paras)), None)
        if cut is None or child.children or len(node.children) < 2:
            continue
        para = child.paras[cut]
        side = Node("label", own=para, heading=para.text.rstrip(":"), paras=child.paras[cut + 1 :], parent=node)
        del child.paras[cut:]
        node.children.insert(node.children.index(child) + 1, side)


def _is_side_heading(para: Para) -> bool:
    return 6 <= len(para.text) <= 40 and para.text.endswith(":") and not re.search(r"[,。;]", para.text) and not _ROLE_LABEL.match(para.text)
