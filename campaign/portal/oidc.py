"""The portal as a client of the organisation's own sign-on: OpenID Connect, authorization code flow with PKCE, state and nonce.

Owns the conversation with one provider: discovery, where to send a visitor, exchanging the code, and checking what comes back. The protocol
is authlib's and joserfc's; nothing of it is written here. Refuses to believe an answer whose issuer, audience, signature, nonce or times do
not fit, and says in plain words what a visitor can do when the provider does not answer.
"""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from campaign.errors import CampaignError, NotAllowed, RetryLater
from campaign.work.people.sign_on import Identity

if TYPE_CHECKING:
    import httpx

FRESH_SECONDS = 600.0
LEEWAY_SECONDS = 60
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
AWAY = "统一身份认证没有响应，暂时不能用它登录。请稍后再试，或用登录名和口令登录。"
WRONG = "统一身份认证返回的信息不能通过校验，已拒绝登录。请从登录页重新开始；如仍不行，请联系管理员。"


@dataclass(frozen=True)
class Attempt:
    """One visitor on the way to the provider and back; kept in his own browser, where nobody else can read it."""

    state: str
    nonce: str
    verifier: str
    after: str

    def packed(self) -> str:
        return json.dumps([self.state, self.nonce, self.verifier, self.after])

    @staticmethod
    def unpacked(text: str) -> Attempt | None:
        try:
            parts = json.loads(text)
        except ValueError:
            return None
        return Attempt(*parts) if isinstance(parts, list) and len(parts) == 4 and all(isinstance(one, str) for one in parts) else None


class SignOn:
    """One provider. Thread-safe; what it publishes about itself is kept for ten minutes."""

    def __init__(
        self,
        issuer: str,
        client_id: str,
        client_secret: str,
        *,
        label: str = "统一身份认证",
        number_claim: str = "employee_number",
        make_accounts: bool = False,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.issuer, self.client_id, self._secret = issuer.rstrip("/"), client_id, client_secret
        self.label, self.number_claim, self.make_accounts = label, number_claim, make_accounts
        self._transport = transport
        self._kept: dict[str, tuple[float, Any]] = {}
        self._lock = threading.Lock()

    @cached_property
    def _http(self) -> httpx.Client:
        """Made, with its library, when the first visitor comes this way."""
        import httpx

        return httpx.Client(timeout=httpx.Timeout(8.0, connect=3.0), transport=self._transport, follow_redirects=False)

    def start(self, redirect_uri: str, after: str) -> tuple[str, Attempt]:
        """Where to send the visitor, and what to remember until he is back."""
        from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
        from authlib.oauth2.rfc7636 import create_s256_code_challenge

        attempt = Attempt(secrets.token_urlsafe(24), secrets.token_urlsafe(24), secrets.token_urlsafe(48), after)
        address = prepare_grant_uri(
            self._about("authorization_endpoint"),
            client_id=self.client_id,
            response_type="code",
            redirect_uri=redirect_uri,
            scope="openid profile email",
            state=attempt.state,
            nonce=attempt.nonce,
            code_challenge=create_s256_code_challenge(attempt.verifier),
            code_challenge_method="S256",
        )
        return str(address), attempt

    def finish(self, query: Mapping[str, str], attempt: Attempt, redirect_uri: str, now: datetime) -> Identity:
        """Who came back, once everything that the provider said has been checked."""
        if not secrets.compare_digest(query.get("state", "").encode(), attempt.state.encode()):
            raise NotAllowed("登录请求与本浏览器不符，已拒绝。请从登录页重新开始。", code="wrong_state")
        if query.get("error"):
            raise NotAllowed("统一身份认证没有同意这次登录。请重试，或用登录名和口令登录。", code="refused_by_provider")
        given = self._exchange(query.get("code", ""), attempt, redirect_uri)
        claims = self._claims(str(given.get("id_token", "")), attempt.nonce, given.get("access_token"), now)
        verified = claims.get("email_verified") in (True, "true")
        return Identity(
            issuer=self.issuer,
            subject=str(claims["sub"])[:255],
            name=str(claims.get("name") or "")[:60],
            login=str(claims.get("preferred_username") or "")[:40],
            number=str(claims.get(self.number_claim) or "")[:60] if self.number_claim else "",
            email=str(claims.get("email") or "")[:200] if verified else "",
        )

    def farewell(self, back: str) -> str:
        """Where one may also log out at the provider; empty when it offers nothing, or cannot be asked."""
        try:
            address = str(self._configuration().get("end_session_endpoint") or "")
        except CampaignError:
            return ""
        asked = urlencode({"client_id": self.client_id, "post_logout_redirect_uri": back})
        return f"{address}?{asked}" if address.startswith(("https://", self.issuer)) else ""

    def _exchange(self, code: str, attempt: Attempt, redirect_uri: str) -> dict[str, Any]:
        asked = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri, "code_verifier": attempt.verifier}
        methods = self._configuration().get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        basic = "client_secret_basic" in methods or not self._secret
        body = asked if basic and self._secret else {**asked, "client_id": self.client_id, **({"client_secret": self._secret} if self._secret else {})}
        answer = self._ask("POST", self._about("token_endpoint"), data=body, auth=(self.client_id, self._secret) if basic and self._secret else None)
        if answer.status_code != 200:
            raise NotAllowed(WRONG, code="code_refused", status=answer.status_code)
        return _object(answer)

    def _claims(self, token: str, nonce: str, access_token: object, now: datetime) -> dict[str, Any]:
        from authlib.oidc.core import CodeIDToken
        from joserfc.errors import JoseError

        try:
            decoded = self._decoded(token)
            claims = CodeIDToken(
                decoded.claims,
                decoded.header,
                {"iss": {"essential": True, "value": self.issuer}, "aud": {"essential": True, "value": self.client_id}, "sub": {"essential": True}},
                {"nonce": nonce, "client_id": self.client_id, "access_token": access_token},
            )
            claims.validate(now=int(now.timestamp()), leeway=LEEWAY_SECONDS)
        except (JoseError, ValueError, KeyError, TypeError) as wrong:
            raise NotAllowed(WRONG, code="wrong_token", why=type(wrong).__name__) from wrong
        return dict(claims)

    def _decoded(self, token: str) -> Any:
        """With the provider's published keys; asked anew once, as a provider may have changed them a moment ago."""
        from joserfc import jwt
        from joserfc.errors import JoseError
        from joserfc.jwk import KeySet

        address = self._about("jwks_uri")
        try:
            return jwt.decode(token, KeySet.import_key_set(self._published(address)), algorithms=ALGORITHMS)
        except (JoseError, ValueError):
            with self._lock:
                self._kept.pop(address, None)
            return jwt.decode(token, KeySet.import_key_set(self._published(address)), algorithms=ALGORITHMS)

    def _about(self, name: str) -> str:
        address = self._configuration().get(name)
        if not isinstance(address, str) or not address:
            raise CampaignError(f"统一身份认证的说明里没有 {name}：请管理员核对 CAMPAIGN_OIDC_ISSUER。", code="bad_provider")
        return address

    def _configuration(self) -> dict[str, Any]:
        told: dict[str, Any] = self._published(f"{self.issuer}/.well-known/openid-configuration")
        if str(told.get("issuer", "")).rstrip("/") != self.issuer:
            raise CampaignError("统一身份认证自称的地址与 CAMPAIGN_OIDC_ISSUER 不一致，已拒绝登录：请管理员核对设置。", code="wrong_issuer")
        return told

    def _published(self, address: str) -> Any:
        with self._lock:
            kept = self._kept.get(address)
        if kept is not None and time.monotonic() < kept[0]:
            return kept[1]
        answer = self._ask("GET", address)
        if answer.status_code != 200:
            raise RetryLater(AWAY, code="provider_away")
        told = _object(answer)
        with self._lock:
            self._kept[address] = (time.monotonic() + FRESH_SECONDS, told)
        return told

    def _ask(self, method: str, address: str, **rest: Any) -> httpx.Response:
        import httpx

        try:
            return self._http.request(method, address, **rest)
        except (httpx.HTTPError, httpx.InvalidURL) as silence:
            raise RetryLater(AWAY, code="provider_away") from silence


def _object(answer: httpx.Response) -> dict[str, Any]:
    try:
        told = answer.json()
    except ValueError as wrong:
        raise RetryLater(AWAY, code="provider_away") from wrong
    if not isinstance(told, dict):
        raise RetryLater(AWAY, code="provider_away")
    return told
