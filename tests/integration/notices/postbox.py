"""A mail server on this machine: enough SMTP to take a letter, refuse a person, ask for patience, or hang up at a given word."""

from __future__ import annotations

import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from pathlib import Path


@dataclass
class Postbox:
    port: int = 0
    answers: dict[str, str] = field(default_factory=dict)
    """Command → answer in place of the usual one; `cut` hangs up, and `after` is the answer to the text itself."""
    unknown: frozenset[str] = frozenset()
    letters: list[Message] = field(default_factory=list)
    logins: int = 0


class _Talk(socketserver.StreamRequestHandler):
    server: _Server

    def setup(self) -> None:
        if self.server.tls is not None:
            self.request = self.server.tls.wrap_socket(self.request, server_side=True)
        super().setup()

    def finish(self) -> None:
        super().finish()
        self.request.close()

    def handle(self) -> None:
        box = self.server.box
        self._say("220 postbox")
        while line := self.rfile.readline():
            word = line.split()[0].decode().upper().rstrip(":") if line.split() else ""
            if box.answers.get(word) == "cut":
                return
            if word == "QUIT":
                self._say("221 bye")
                return
            if word == "DATA" and "DATA" not in box.answers:
                if not self._take(box):
                    return
                continue
            known = not any(name.encode() in line for name in box.unknown)
            usual = {"EHLO": "250-postbox\r\n250 AUTH PLAIN", "AUTH": "235 in", "RCPT": "250 ok" if known else "550 no such user here"}.get(word, "250 ok")
            box.logins += word == "AUTH" and word not in box.answers
            self._say(box.answers.get(word, usual))

    def _take(self, box: Postbox) -> bool:
        self._say("354 go on")
        text = b""
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            text += line
        if box.answers.get("after") == "cut":
            return False
        if not box.answers.get("after", "250").startswith("5"):
            box.letters.append(message_from_bytes(text))
        self._say(box.answers.get("after", "250 taken"))
        return True

    def _say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")
        self.wfile.flush()


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    box: Postbox
    tls: ssl.SSLContext | None = None

    def handle_error(self, request: object, client_address: object) -> None:
        return None


@contextmanager
def postbox_open(certificate: Path | None = None) -> Iterator[Postbox]:
    with _Server(("127.0.0.1", 0), _Talk) as server:
        if certificate is not None:
            server.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            server.tls.load_cert_chain(certificate)
        box = server.box = Postbox(server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, name="postbox")
        thread.start()
        try:
            yield box
        finally:
            server.shutdown()
            thread.join()
