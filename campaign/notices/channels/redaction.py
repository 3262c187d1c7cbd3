"""Keeps the secrets of an address out of ledgers and logs.

Owns what counts as secret in an address: everything behind the host that is long enough to be a key, the password before it, and every
value of a query's key-like names, for a token that was fetched a moment ago is in no configuration. httpx
writes the full address of every request into its log at INFO, so its loggers get a filter; setting their level would silence others.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from urllib.parse import parse_qsl, unquote, urlsplit

HIDDEN = "***"
SHORTEST_KEY = 6
_KEYLIKE = re.compile(r"(?i)(?P<name>[?&](?:access_token|key|sign|secret|corpsecret|token)=)[^&\s\"']+")
_LOGGERS = ("httpx", "httpcore.connection", "httpcore.http11", "httpcore.proxy")


class Redactor(logging.Filter):
    """Replaces known secrets wherever they turn up; as a log filter it rewrites the record."""

    def __init__(self, url: str, secrets: Iterable[str] = ()) -> None:
        super().__init__()
        words = {word for word in (*_keys_of(url), *secrets) if word}
        self._words = re.compile("|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) or r"(?!)")

    def __call__(self, text: str) -> str:
        return _KEYLIKE.sub(rf"\g<name>{HIDDEN}", self._words.sub(HIDDEN, text))

    def filter(self, record: logging.LogRecord) -> bool:
        said = record.getMessage()
        shown = self(said)
        if shown != said:
            record.msg, record.args = shown, ()
        return True

    def attach(self) -> None:
        for name in _LOGGERS:
            logging.getLogger(name).addFilter(self)

    def detach(self) -> None:
        for name in _LOGGERS:
            logging.getLogger(name).removeFilter(self)


def _keys_of(url: str) -> set[str]:
    parts = urlsplit(url)
    found = {parts.query, parts.password or "", unquote(parts.password or ""), parts.fragment}
    found |= {value for _, value in parse_qsl(parts.query)}
    found |= {segment for segment in parts.path.split("/") if len(segment) >= SHORTEST_KEY}
    if len(parts.path.strip("/")) >= SHORTEST_KEY:
        found.add(parts.path)
    return found | {unquote(word) for word in found}
