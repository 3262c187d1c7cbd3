"""A small OpenID provider over real HTTP: discovery, keys, consent without asking, and a token endpoint that checks client, code and PKCE.

What it says can be spoilt one piece at a time (`lies`), as a provider in other hands would.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "campaign", "client-secret-of-the-test"


class Provider:
    def __init__(self, now: datetime) -> None:
        self.now = now
        self.key = RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"}, auto_kid=True)
        self.person: dict[str, Any] = {"sub": "s-001", "name": "叶知秋", "preferred_username": "yezhiqiu"}
        self.lies: dict[str, Any] = {}
        self.codes: dict[str, dict[str, str]] = {}
        self.asked: list[str] = []
        self.address = ""

    def authorize(self, query: dict[str, str]) -> str:
        """Everybody is let in: the address that the browser is sent back to."""
        if "error" in self.lies:
            return f"{query['redirect_uri']}?{urlencode({'error': self.lies['error'], 'state': query['state']})}"
        code = secrets.token_urlsafe(12)
        self.codes[code] = query
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def token(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        asked = self.codes.pop(form.get("code", ""), None)
        client = base64.b64decode(authorization.removeprefix("Basic ")).decode() if authorization.startswith("Basic ") else ""
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest()).rstrip(b"=").decode()
        if asked is None or client != f"{CLIENT}:{SECRET}" or challenge != asked["code_challenge"] or form.get("redirect_uri") != asked["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        issued = int(self.now.timestamp())
        claims = {"iss": self.address, "aud": CLIENT, "iat": issued, "exp": issued + 300, "nonce": asked["nonce"], **self.person}
        claims |= {name: value for name, value in self.lies.items() if name in ("iss", "aud", "nonce", "exp", "iat")}
        key = self.lies.get("key", self.key)
        header = {"alg": "RS256", "kid": self.key.kid}
        signed = jwt.encode(header, claims, key) if "alg" not in self.lies else _unsigned(claims)
        return 200, {"access_token": "a", "token_type": "Bearer", "id_token": signed}

    def answer(self, path: str) -> tuple[int, dict[str, Any]]:
        if path == "/.well-known/openid-configuration":
            return 200, {
                "issuer": self.lies.get("issuer", self.address), "authorization_endpoint": f"{self.address}/authorize",
                "token_endpoint": f"{self.address}/token", "jwks_uri": f"{self.address}/keys", "end_session_endpoint": f"{self.address}/logout",
            }  # fmt: skip
        if path == "/keys":
            return 200, {"keys": [self.key.as_dict(private=False)]}
        return 404, {}


def _unsigned(claims: dict[str, Any]) -> str:
    parts = (base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in ({"alg": "none"}, claims))
    return ".".join([*parts, ""])


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        self.server.provider.asked.append(parts.path)
        if parts.path == "/authorize":
            self.send_response(302)
            self.send_header("Location", self.server.provider.authorize({name: values[0] for name, values in parse_qs(parts.query).items()}))
            self.end_headers()
            return
        self._json(*self.server.provider.answer(parts.path))

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self._json(*self.server.provider.token({name: values[0] for name, values in form.items()}, self.headers.get("Authorization", "")))

    def _json(self, status: int, told: dict[str, Any]) -> None:
        body = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        return


class _Server(ThreadingHTTPServer):
    provider: Provider


@contextmanager
def running_provider(now: datetime) -> Iterator[Provider]:
    provider = Provider(now)
    server = _Server(("127.0.0.1", 0), _Handler)
    server.provider, provider.address = provider, f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, name="provider", daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
