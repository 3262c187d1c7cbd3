"""A receiver of notices in a process of its own: `python -m tests.chaos.receiver LOG`. Prints its port, then counts what arrives by idempotency key.

It has each arrival on disk before it answers, and hangs up on every twentieth without an answer: the sender then cannot know.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

from deployments.lifeline import end_with_parent

HANGS_UP_ON = 20


class Counting(BaseHTTPRequestHandler):
    log: Path
    taken: ClassVar[set[str]] = set()
    lock = threading.Lock()
    arrivals = 0

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        with Counting.lock:
            answers = self.take(self.headers["Idempotency-Key"])
        if not answers:
            self.close_connection = True
            return
        body = json.dumps({"errcode": 0}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def take(self, key: str) -> bool:
        """Acts on a key the first time only; says whether to answer."""
        Counting.arrivals += 1
        with self.log.open("a", encoding="utf-8") as lines:
            lines.write(json.dumps({"key": key, "acted": key not in Counting.taken}) + "\n")
            lines.flush()
            os.fsync(lines.fileno())
        Counting.taken.add(key)
        return Counting.arrivals % HANGS_UP_ON != 0

    def log_message(self, format: str, *args: object) -> None:
        """The log is the file."""


def main(log: Path) -> None:
    Counting.log = log
    log.touch()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Counting)
    print(server.server_address[1], flush=True)
    server.serve_forever()


if __name__ == "__main__":
    end_with_parent()
    main(Path(sys.argv[1]))
