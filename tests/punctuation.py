"""Chinese text carries Chinese punctuation (GB/T 15834): `python -m tests.punctuation --fix` puts it in, a house test asks for it.

Looks at what people read: string literals, templates, settings and Chinese documents. Leaves alone what machines read: raw strings
(they are patterns), f-string expressions, code blocks, and the rooms that read other people's plans, whose words are folded to half
width before they are compared.
"""

from __future__ import annotations

import io
import re
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
ROOMS = ("campaign", "config", "flows", "tasks", "deployments", "docs", "tests")
SUFFIXES = (".py", ".html", ".yaml", ".md", ".js")
MACHINE_READ = (
    "tests/samples",
    "tests/gold_plans.py",
    "tests/punctuation.py",
    "tests/unit/plan",
    "tests/integration/plan",
    "docs/decisions",
    "docs/plan-check.md",
    "docs/operations.md",
    "docs/images",
    "migrations/versions",
    "static/vendor",
)
HAN = "\u3400-\u9fff"
CLOSERS = "」』》】〕”’％℃"
WIDE = {",": "，", ":": "：", ";": "；", "?": "？", "!": "！"}
_MARK = re.compile(rf"(?:(?<=[{HAN}{CLOSERS}）])|(?<=[{HAN}]\*\*))[,:;?!](?! )|[,:;?!](?=[{HAN}「《])")
_BEFORE_MARK = re.compile(rf"[,:;?!][{HAN}]")
_PAIR = re.compile(r"\(([^()\n]*)\)")
_SYNTAX = re.compile(r"\S+\.(?:xlsx|docx|yaml|pdf|csv|json):\S+|(?:event|campaign):\S+|[a-z_]+:全部\S*|用户名:口令|:任务分解表:\S*|&[a-z]+;|`[^`\n]+`")
_ELSEWHERE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|```.*?```|<style.*?</style>", re.DOTALL)
_BEFORE_HIDDEN = {
    "document": re.compile("(?<=[\ue000-\uf8ff])[,:;](?=[\ue000-\uf8ff])"),
    "query": re.compile("(?<=[\ue000-\uf8ffA-Za-z）])[,:;](?=[\ue000-\uf8ff])"),
    "f-string": re.compile("(?<=[\ue000-\uf8ffA-Za-z）])[,:;](?=[\ue000-\uf8ff])"),
}
_PATTERN = re.compile(r"^\^|\(\?|\?\||[\])]\?")
_TABLE = re.compile(r"(?:[^,。;!?]{0,14},){2,}[^,。;!?]{0,14}")
_HIDDEN = re.compile("[\ue000-\uf8ff]")
_HAN = re.compile(rf"[{HAN}]")
_LETTER = re.compile("[A-Za-z]")
_LITERAL = re.compile(r"(?i)^([a-z]*)('''|\"\"\"|'|\")")


def corrected(text: str, kind: str = "") -> str:
    """`text` with full-width marks beside Chinese characters; what stands in it besides is kept byte for byte."""
    if _PATTERN.search(text):
        return text
    kept: list[str] = []
    text = _SYNTAX.sub(lambda m: _hide(m[0], kept, 0xF000), text)
    text = _PAIR.sub(lambda m: f"（{m[1]}）" if _wide_pair(text, m, kind) else m[0], text)
    text = _MARK.sub(lambda m: m[0] if _is_syntax(text, m.start(), kind) else WIDE[m[0]], text)
    if kind in _BEFORE_HIDDEN and "://" not in text:
        text = "\n".join(_BEFORE_HIDDEN[kind].sub(lambda m: WIDE[m[0]], line) if _HAN.search(line) else line for line in text.split("\n"))
    return _HIDDEN.sub(lambda m: kept[ord(m[0]) - 0xF000] if ord(m[0]) >= 0xF000 else m[0], text)


def _is_table(lines: list[str]) -> bool:
    """Comma-separated values, which a program reads: a line of three short cells, or several lines with as many cells each."""
    cells = {line.count(",") for line in lines}
    return any(_TABLE.fullmatch(line) for line in lines) or (len(lines) > 1 and len(cells) == 1 and cells != {0} and not any("。" in line for line in lines))


def _hide(piece: str, kept: list[str], base: int) -> str:
    kept.append(piece)
    return chr(base + len(kept) - 1)


def _wide_pair(text: str, found: re.Match[str], kind: str) -> bool:
    before, inner, after = text[found.start() - 1 : found.start()], found[1], text[found.end() : found.end() + 1]
    if before in ("]", "?") or inner.startswith("?"):
        return False
    if kind == "f-string" and _HIDDEN.match(before) and _HIDDEN.match(inner):
        return True
    beside = bool(_HAN.match(before) or (before and before in CLOSERS) or _HAN.match(after) or _BEFORE_MARK.match(text, found.end()))
    return bool(_HAN.match(inner) or _HAN.search(inner[-1:])) or inner[-1:] in tuple(CLOSERS) or after in tuple("。、，；：") or beside


def _is_syntax(text: str, at: int, kind: str) -> bool:
    after = text[at + 1 : at + 2]
    if kind == "yaml":
        return text[at] in ",:" and after in ("", " ", "\n")
    return False


def corrected_literal(token: str, kind: str = "f-string", *, tables: bool = False) -> str:
    """A Python string literal, prefix and quotes included; in an f-string only what is printed is touched."""
    opening = _LITERAL.match(token)
    if not opening or "r" in opening[1].lower() or "b" in opening[1].lower():
        return token
    quote = opening[2]
    body = token[opening.end() : -len(quote)]
    if tables and _is_table(body.replace("\\n", "\n").strip().split("\n")):
        return token
    change = (lambda line: _corrected_f(line, kind)) if "f" in opening[1].lower() else corrected
    if len(quote) == 3:
        body = "\n".join(line if _is_english(line) else change(line) for line in body.split("\n"))
    else:
        body = change(body)
    return token[: opening.end()] + body + quote


def _is_english(line: str) -> bool:
    """A docstring for developers may name a Chinese word; an example line of a command's help is Chinese all the same."""
    return len(_LETTER.findall(line)) > 1.5 * len(_HAN.findall(line)) and not line.strip().startswith("例")


def _corrected_f(body: str, kind: str) -> str:
    """Expressions are hidden behind one private character each, so that a bracket round an expression is still a pair."""
    kept: list[str] = []
    shown = []
    depth, start = 0, 0
    at = 0
    while at < len(body):
        if depth == 0 and body[at : at + 2] in ("{{", "}}"):
            shown.append(body[at : at + 2])
            at += 2
            continue
        if body[at] == "{":
            if depth == 0:
                start = at
            depth += 1
        elif body[at] == "}":
            depth -= 1
            if depth == 0:
                shown.append(_hide(_inner(body[start : at + 1]), kept, 0xE000))
                at += 1
                continue
        if depth == 0:
            shown.append(body[at])
        at += 1
    text = corrected("".join(shown), kind)
    return re.sub("[\ue000-\uf8ff]", lambda m: kept[ord(m[0]) - 0xE000], text)


def _inner(expression: str) -> str:
    return re.sub(r"'[^'\n]*'|\"[^\"\n]*\"", lambda m: m[0][0] + corrected(m[0][1:-1]) + m[0][0], expression)


def corrected_python(source: str, kind: str = "f-string", *, tables: bool = False) -> str:
    lines = source.splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    pieces, done = [], 0
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.STRING:
            begin, end = starts[token.start[0] - 1] + token.start[1], starts[token.end[0] - 1] + token.end[1]
            pieces += [source[done:begin], corrected_literal(source[begin:end], kind, tables=tables)]
            done = end
    return "".join([*pieces, source[done:]])


def corrected_template(source: str) -> str:
    """HTML or Markdown: Jinja expressions, code blocks and styles stay."""
    kept: list[str] = []
    hidden = _ELSEWHERE.sub(lambda m: _hide(_jinja(m[0]), kept, 0xE000), source)
    return _HIDDEN.sub(lambda m: kept[ord(m[0]) - 0xE000], corrected(hidden, "document"))


def _jinja(part: str) -> str:
    return _inner(part) if part.startswith(("{{", "{%")) else part


def corrected_file(path: Path, source: str) -> str:
    match path.suffix:
        case ".py":
            return corrected_python(source, "query" if {"records", "plan"} & set(path.parts) else "f-string", tables="tests" in path.parts)
        case ".yaml":
            return "".join(corrected(line, "yaml") for line in source.splitlines(keepends=True))
        case ".js":
            return re.sub(r"`[^`]*`|'[^'\n]*'|\"[^\"\n]*\"", lambda m: corrected(m[0]), source)
        case _:
            return corrected_template(source)


def files() -> Iterator[Path]:
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*")):
            name = path.relative_to(ROOT).as_posix()
            if path.suffix in SUFFIXES and path.is_file() and not any(part in name for part in MACHINE_READ):
                yield path


def faults() -> list[str]:
    """`file:line` of each line that would be changed."""
    found = []
    for path in files():
        before = path.read_text("utf-8")
        after = corrected_file(path, before)
        if before != after:
            pairs = zip(before.splitlines(), after.splitlines(), strict=True)
            found += [f"{path.relative_to(ROOT).as_posix()}:{number}" for number, (old, new) in enumerate(pairs, 1) if old != new]
    return found


if __name__ == "__main__":
    if "--fix" in sys.argv:
        for each in files():
            text = each.read_text("utf-8")
            each.write_text(corrected_file(each, text), "utf-8")
    else:
        print("\n".join(faults()))
