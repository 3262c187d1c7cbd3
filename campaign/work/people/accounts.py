"""Accounts of the portal: opening, resetting and closing them, roles, and logging in.

Owns passwords (argon2) and the opaque tokens of sessions; both are stored as hashes only. Refuses to say whether a login name exists, and to
look at a password at all while its key is locked. Hashing takes a tenth of a second, so it is done outside transactions.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from pwdlib import PasswordHash
from pwdlib.exceptions import PwdlibError
from sqlmodel import Session

from campaign.errors import CampaignError, Conflict, NotAllowed, NotFound, RetryLater
from campaign.records.log import write_event
from campaign.records.people import accounts
from campaign.records.store import Store
from campaign.records.tables import PortalAccount, PortalGrant, Unit
from campaign.records.tables.accounts import ROLES
from campaign.rules.calendar import campaign_day
from campaign.work.by import By

SESSION_FOR = timedelta(hours=12)
FIRST_PASSWORD_FOR = timedelta(days=7)
SHORTEST_PASSWORD = 10
LOGIN_FAILURES, ADDRESS_FAILURES = 5, 40
WINDOW = LOCK = timedelta(minutes=15)
HOUSE_ROLES = frozenset({"admin", "auditor"})
_LOGIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{1,39}")
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_WEAK = ("password", "12345678", "abcdefgh", "qwertyui", "11111111", "00000000")


@dataclass(frozen=True, slots=True)
class LoggedIn:
    token: str
    account_id: int
    must_change: bool


@cache
def hasher() -> PasswordHash:
    return PasswordHash.recommended()


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def one_time_password() -> str:
    """Twelve letters without those that are mistaken for others, in groups that can be read out."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3))


def refuse_weak(password: str, login: str, name: str) -> None:
    if len(password) < SHORTEST_PASSWORD:
        raise CampaignError(f"口令太短：至少 {SHORTEST_PASSWORD} 个字符。可以用一句自己记得住的话。", code="weak_password")
    if len(password) > 200:
        raise CampaignError("口令太长：最多 200 个字符。", code="weak_password")
    plain = password.lower()
    if len(set(plain)) < 4 or any(word in plain for word in _WEAK) or plain in (login.lower(), name.lower()):
        raise CampaignError("口令太容易被猜到：请不要使用连续或重复的字符、登录名或姓名。", code="weak_password")


def add_account(tx: Session, login: str, name: str, password_hash: str, by: By, *, person_id: int | None = None, lasting: bool = False) -> PortalAccount:
    """A new account without roles. Unless `lasting`, its password is a first one: seen by somebody else, to be changed at login."""
    login, name = login.strip().lower(), name.strip()
    if not _LOGIN.fullmatch(login):
        raise CampaignError("登录名应为 2 到 40 个字母、数字或 . _ - @，以字母或数字开头。", code="bad_login")
    if not name or len(name) > 60:
        raise CampaignError("请填写姓名（不超过 60 个字）。", code="bad_name")
    if accounts.account_by_login(tx, login) is not None:
        raise Conflict(f"登录名「{login}」已被使用：请换一个。", code="login_taken")
    if accounts.account_by_name(tx, name) is not None:
        raise Conflict(f"已有名为「{name}」的账号：同名的人请加单位区分，如「{name}（教育局）」，否则日志和回避规则无法分清。", code="name_taken")
    account = PortalAccount(
        login=login,
        name=name,
        person_id=person_id,
        password_hash=password_hash,
        must_change=not lasting,
        password_until=None if lasting else by.now + FIRST_PASSWORD_FOR,
        created_at=by.now,
    )
    tx.add(account)
    tx.flush()
    _log(tx, by, "account_add", account, {"login": login})
    return account


def grant(tx: Session, account: PortalAccount, role: str, unit: Unit | None, by: By) -> None:
    """Give a role; the same role for the same unit twice is one."""
    if role not in ROLES:
        raise CampaignError(f"没有角色「{role}」。可选：{'、'.join(ROLES)}。", code="no_role")
    if role in HOUSE_ROLES and unit is not None:
        raise CampaignError("管理员和审计角色不限单位：请不要填写单位。", code="house_role")
    if accounts.has_grant(tx, account.id, role, unit.id if unit else None):
        return
    tx.add(PortalGrant(account_id=account.id, role=role, unit_id=unit.id if unit else None))
    tx.flush()
    _log(tx, by, "account_grant", account, {"role": role, "unit": unit.name if unit else None})


def revoke_grant(tx: Session, account: PortalAccount, grant_id: int, by: By) -> None:
    row = tx.get(PortalGrant, grant_id)
    if row is None or row.account_id != account.id:
        raise NotFound("这项角色已不存在。", code="no_grant")
    if row.role == "admin":
        _keep_an_admin(tx, account)
    tx.delete(row)
    tx.flush()
    _log(tx, by, "account_revoke", account, {"role": row.role, "unit_id": row.unit_id})


def reset_password(tx: Session, account: PortalAccount, password_hash: str, by: By) -> None:
    """A new first password; every session of the account ends. Opens a closed account again."""
    account.password_hash, account.must_change, account.password_until = password_hash, True, by.now + FIRST_PASSWORD_FOR
    account.state, account.disabled_at, account.disabled_reason = "active", None, None
    tx.add(account)
    accounts.revoke_all(tx, account.id, by.now)
    accounts.forget_failures(tx, f"login:{account.login}")
    _log(tx, by, "account_reset", account)


def change_password(tx: Session, account: PortalAccount, password_hash: str, by: By, *, keep_session: str) -> None:
    account.password_hash, account.must_change, account.password_until = password_hash, False, None
    tx.add(account)
    accounts.revoke_all(tx, account.id, by.now, but=keep_session)
    _log(tx, by, "account_password", account)


def disable(tx: Session, account: PortalAccount, by: By) -> None:
    if account.state == "disabled":
        return
    if not by.reason.strip():
        raise CampaignError("停用账号须写明理由。", code="no_reason")
    _keep_an_admin(tx, account)
    account.state, account.disabled_at, account.disabled_reason = "disabled", by.now, by.reason[:300]
    tx.add(account)
    accounts.revoke_all(tx, account.id, by.now)
    _log(tx, by, "account_disable", account)


def need_account(tx: Session, wanted: str) -> PortalAccount:
    found = accounts.account_by_login(tx, wanted.strip().lower()) or accounts.account_by_name(tx, wanted.strip())
    if found is None:
        raise NotFound(f"没有登录名或姓名为「{wanted}」的账号：请用 campaign user list 查看。", code="no_account")
    return found


def log_in(store: Store, login: str, password: str, address: str, now: datetime) -> LoggedIn:
    """A new session, or one and the same refusal for a wrong name and a wrong password."""
    login = login.strip().lower()[:40]
    keys = {f"login:{login}": LOGIN_FAILURES, f"addr:{address}"[:80]: ADDRESS_FAILURES}
    with store.read() as tx:
        until = accounts.locked_until(tx, list(keys), now)
        account = accounts.account_by_login(tx, login)
        left = account is not None and account.person_id is not None and accounts.person_left(tx, account.person_id, campaign_day(now))
    if until is not None:
        minutes = max(1, int((until - now).total_seconds() // 60) + 1)
        raise RetryLater(f"连续输错次数过多，请 {minutes} 分钟后再试，或请管理员重置口令。", code="locked")
    right = matches(account.password_hash if account else _nobodys_hash(), password)
    if account is None or not right or account.state != "active" or left:
        with store.begin() as tx:
            for key, limit in keys.items():
                accounts.count_failure(tx, key, now, window=WINDOW, limit=limit, lock=LOCK)
        raise NotAllowed("登录名或口令不对。连续输错 5 次将锁定 15 分钟；忘记口令请联系管理员重置。", code="wrong_login")
    if account.password_until is not None and account.password_until < now:
        raise NotAllowed("首次登录口令已过期：请联系管理员重置。", code="expired_password")
    token = secrets.token_urlsafe(32)
    with store.begin() as tx:
        accounts.forget_failures(tx, f"login:{login}")
        accounts.open_session(tx, account.id, token_hash(token), secrets.token_urlsafe(24), now, now + SESSION_FOR)
        write_event(tx, at=now, actor=account.name, verb="login", subject="account", subject_id=account.id)
    return LoggedIn(token, account.id, account.must_change)


def matches(password_hash: str, password: str) -> bool:
    try:
        return bool(hasher().verify(password[:200], password_hash))
    except PwdlibError:
        return False


@cache
def _nobodys_hash() -> str:
    """So that an unknown name takes as long as a wrong password."""
    return hasher().hash(secrets.token_urlsafe(16))


def _keep_an_admin(tx: Session, account: PortalAccount) -> None:
    is_admin = accounts.has_grant(tx, account.id, "admin", None)
    if is_admin and not accounts.other_admins(tx, account.id):
        raise Conflict("这是最后一个管理员账号：请先给另一个账号管理员角色。", code="last_admin")


def _log(tx: Session, by: By, verb: str, account: PortalAccount, detail: dict[str, object] | None = None) -> None:
    write_event(tx, at=by.now, actor=by.actor, verb=verb, reason=by.reason, subject="account", subject_id=account.id, detail=detail)
