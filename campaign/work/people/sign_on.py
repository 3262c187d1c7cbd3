"""Logging in with what the organisation's own sign-on (OIDC) has said about somebody: find the account, note the subject, open a session.

Owns the matching: the noted subject first, then an employee's number, then a verified address; each only when exactly one account answers to
it. Refuses to make accounts unless it is told to, and to let in whose account is closed or whose person has left. Whether what was said is
true (signature, audience, nonce) was checked before by whoever spoke with the provider.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from campaign.errors import CampaignError, NotAllowed
from campaign.records.log import write_event
from campaign.records.people import accounts, identities
from campaign.records.store import Store
from campaign.records.tables import PortalAccount
from campaign.rules.calendar import campaign_day
from campaign.work.by import By
from campaign.work.people.accounts import SESSION_FOR, LoggedIn, add_account, hasher, token_hash


@dataclass(frozen=True, slots=True)
class Identity:
    """What the provider vouches for. `email` only when it says that the address is verified."""

    issuer: str
    subject: str
    name: str = ""
    login: str = ""
    number: str = ""
    email: str = ""

    @property
    def shown(self) -> str:
        return self.name or self.login or self.email or self.number or self.subject


def sign_on(store: Store, who: Identity, now: datetime, *, make_accounts: bool = False) -> LoggedIn:
    """A new session. A first password that somebody else has seen is worth nothing from then on."""
    unusable = hasher().hash(secrets.token_urlsafe(32))
    token = secrets.token_urlsafe(32)
    with store.begin() as tx:
        account = _account_of(tx, who, now) or (_made(tx, who, unusable, now) if make_accounts else None)
        if account is None:
            raise NotAllowed(
                f"统一身份认证中的「{who.shown}」在本系统还没有对应的账号。请联系创建办管理员开通账号，或用登录名和口令登录。", code="no_account_for_identity"
            )
        left = account.person_id is not None and accounts.person_left(tx, account.person_id, campaign_day(now))
        if account.state != "active" or left:
            raise NotAllowed("您的账号已停用，不能登录。如有疑问，请联系创建办管理员。", code="account_closed")
        if account.must_change:
            account.password_hash, account.must_change, account.password_until = unusable, False, None
            tx.add(account)
        accounts.open_session(tx, account.id, token_hash(token), secrets.token_urlsafe(24), now, now + SESSION_FOR)
        write_event(tx, at=now, actor=account.name, verb="login", reason="统一身份认证", subject="account", subject_id=account.id)
        return LoggedIn(token, account.id, must_change=False)


def _account_of(tx: Session, who: Identity, now: datetime) -> PortalAccount | None:
    known = identities.account_of_identity(tx, who.issuer, who.subject)
    if known is not None:
        return known
    for known_as in (who.number, who.email):
        found = identities.accounts_named(tx, known_as) if known_as else []
        if len(found) > 1:
            raise CampaignError(f"「{known_as}」对应不止一个账号，无法确定是哪一个。请联系创建办管理员核对人员的账号和邮箱。", code="ambiguous_identity")
        if found:
            _link(tx, who, found[0], now, known_as)
            return found[0]
    return None


def _link(tx: Session, who: Identity, account: PortalAccount, now: datetime, known_as: str) -> None:
    """An account that this issuer knows under another subject is not handed over: the number may have gone to somebody new."""
    if identities.is_linked(tx, account.id, who.issuer):
        raise NotAllowed(
            f"账号「{account.name}」已对应统一身份认证中的另一个人。如人员有变动，请联系创建办管理员停用旧账号、另开新账号。", code="other_subject"
        )
    identities.link(tx, who.issuer, who.subject, account.id, now)
    write_event(tx, at=now, actor="system", verb="account_link", reason=f"按「{known_as}」对应", subject="account", subject_id=account.id)


def _made(tx: Session, who: Identity, password_hash: str, now: datetime) -> PortalAccount:
    """Without any role: it sees nothing until an administrator gives it one."""
    login = (who.login or who.number or who.email or f"oidc-{who.subject}")[:40]
    name = who.name or login
    if accounts.account_by_name(tx, name) is not None:
        name = f"{name}（{login}）"
    account = add_account(tx, login, name, password_hash, By("system", now, "统一身份认证首次登录"), lasting=True)
    _link(tx, who, account, now, who.shown)
    return account
