"""Cutting a text to what a vendor takes: by bytes, at line ends, in numbered parts.

Vendors count bytes, and a Chinese character has three; what is longer is refused or silently cut. Refuses to cut inside a character.
"""

from __future__ import annotations


def parts_of(text: str, limit: int) -> list[str]:
    """The text whole, or parts that begin with 「（1/3）」 and a new line, each at most `limit` bytes."""
    if len(text.encode()) <= limit:
        return [text]
    room = limit - len("（99/99）\n".encode())
    parts: list[str] = []
    part = ""
    for line in _lines_within(text, room):
        if len((part + line).encode()) > room and part:
            parts.append(part)
            part = ""
        part += line
    parts.append(part)
    return [f"（{number}/{len(parts)}）\n{part.strip(chr(10))}" for number, part in enumerate(parts, 1)]


def shortened(text: str, limit: int) -> str:
    """At most `limit` bytes, with 「…」 for what is left out."""
    if len(text.encode()) <= limit:
        return text
    return text.encode()[: limit - len("…".encode())].decode(errors="ignore") + "…"


def _lines_within(text: str, room: int) -> list[str]:
    """Lines with their ends; one that is longer than a whole part is cut between characters."""
    found: list[str] = []
    for line in text.splitlines(keepends=True):
        rest = line
        while len(rest.encode()) > room:
            head = rest.encode()[:room].decode(errors="ignore")
            found.append(head)
            rest = rest[len(head) :]
        found.append(rest)
    return found
