"""A PlanSpec as YAML text that people edit by hand.

Owns the look: fields in the order of the form, blanks written out where somebody is expected to fill them in, all else left out, no
line folded (Chinese has no spaces to fold at). Reading the text back gives an equal PlanSpec. Written by hand and not by ruamel's
emitter, because a value needs quotes in few cases and a plan of thousands of items should not take seconds.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from enum import Enum
from typing import Any

from pydantic import BaseModel

from campaign.plan.spec import Item, Phase, PlanSpec

_FILL_IN: dict[type[BaseModel], tuple[str, ...]] = {
    Item: ("key", "title", "lead_unit", "responsible_units", "supporting_units", "deadline", "materials"),
    Phase: ("key", "name", "kind", "start", "end"),
    PlanSpec: ("title", "kind", "basis", "phases", "items"),
}
_ORDER = {"title": 0, "kind": 1, "basis": 2, "start": 3, "end": 4, "inspection": 5, "ladder": 6, "organisation": 7, "units": 8, "phases": 9, "items": 10}
_PLAIN = re.compile(r"(?:[\u4e00-\u9fffA-Za-z(《“]|\d+[\u3000-\u9fff])[^\n#:{}\[\],&*!|>'\"%@`?]*")
_PLAIN_BLOCK = re.compile(r"(?:[\u4e00-\u9fffA-Za-z(《“]|\d+[\u3000-\u9fff])[^\n]*")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_WORDS = {"null", "true", "false", "yes", "no", "on", "off", "y", "n", "nan", "inf"}


def to_yaml(spec: PlanSpec) -> str:
    return "\n".join(_mapping(spec, 0)) + "\n"


def _fields(model: BaseModel) -> Iterator[tuple[str, Any]]:
    kind = type(model)
    names = list(kind.model_fields)
    if kind is PlanSpec:
        names.sort(key=lambda name: _ORDER.get(name, 99))
    for name in names:
        value = getattr(model, name)
        if name in _FILL_IN.get(kind, ()) or value != kind.model_fields[name].get_default(call_default_factory=True):
            yield name, value


def _mapping(model: BaseModel, depth: int) -> list[str]:
    pad, rows = "  " * depth, []
    for name, value in _fields(model):
        if isinstance(value, BaseModel):
            rows.append(f"{pad}{name}:")
            rows += _mapping(value, depth + 1)
        elif isinstance(value, tuple) and value and isinstance(value[0], BaseModel):
            rows += ["", f"{pad}{name}:"] if isinstance(value[0], Item | Phase) and not depth else [f"{pad}{name}:"]
            rows += _entries(value, depth + 1)
        elif isinstance(value, tuple):
            rows.append(f"{pad}{name}: [{', '.join(scalar(part, inside=True) for part in value)}]")
        elif isinstance(value, dict):
            rows.append(f"{pad}{name}: {{{', '.join(f'{scalar(key, inside=True)}: {scalar(part)}' for key, part in value.items())}}}")
        else:
            text = scalar(value)
            rows.append(f"{pad}{name}: {text}" if text else f"{pad}{name}:")
    return rows


def _entries(models: tuple[BaseModel, ...], depth: int) -> list[str]:
    """A list of parts; a part that fits on one line is written on one."""
    pad, rows = "  " * depth, []
    for model in models:
        flat = _flat(model)
        if flat is not None:
            rows.append(f"{pad}- {flat}")
            continue
        inner = _mapping(model, depth + 1)
        first = inner[0].lstrip() if inner else "{}"
        rows += [f"{pad}- {first}", *inner[1:]]
        if isinstance(model, Item | Phase):
            rows.append("")
    while rows and not rows[-1]:
        rows.pop()
    return rows


def _flat(model: BaseModel) -> str | None:
    """`{name: 总结, copies: 2}` for a small part without parts of its own."""
    if isinstance(model, Item | Phase):
        return None
    parts = []
    for name, value in _fields(model):
        if isinstance(value, BaseModel | dict) or (isinstance(value, tuple) and value and isinstance(value[0], BaseModel)):
            return None
        if isinstance(value, tuple):
            parts.append(f"{name}: [{', '.join(scalar(part, inside=True) for part in value)}]")
        else:
            parts.append(f"{name}: {scalar(value, inside=True)}")
    text = "{" + ", ".join(parts) + "}"
    return text if len(text) <= 110 else None


def scalar(value: Any, *, inside: bool = False) -> str:
    """One value; `inside` a bracket, where commas and brackets need quotes too."""
    if value is None:
        return "null" if inside else ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, int | float):
        return repr(value)
    text = str(value)
    if _DATE.fullmatch(text):
        return text
    if text.strip() == text and text.lower() not in _WORDS and text.isprintable():
        if _PLAIN.fullmatch(text):
            return text
        if not inside and _PLAIN_BLOCK.fullmatch(text) and ": " not in text and " #" not in text and not text.endswith(":"):
            return text
    quoted = json.dumps(text, ensure_ascii=False)
    return quoted if quoted.isprintable() else "".join(letter if letter.isprintable() else _escape(letter) for letter in quoted)


def _escape(letter: str) -> str:
    """YAML forbids letters that do not show; some of them come along when text is copied out of Word."""
    code = ord(letter)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
