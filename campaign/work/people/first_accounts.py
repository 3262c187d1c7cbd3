"""The accounts that a new house begins with: the first administrator, and the logins of a demonstration.

A demo login has a password that everybody knows; the portal takes it only on a machine that answers to nobody else.
"""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, select

from campaign.records.pages.todo import busiest_unit
from campaign.records.people import accounts
from campaign.records.store import Store
from campaign.records.tables import Campaign, Unit
from campaign.work.by import By
from campaign.work.people.accounts import add_account, grant, hasher, one_time_password

FIRST_LOGIN = "admin"
DEMO_PASSWORD = "chuangjian-demo"  # noqa: S105 - meant to be known
DEMO_PREFIX = "demo-"


def first_administrator(store: Store, now: datetime) -> str | None:
    """Open `admin` when there is no account at all; answers its one-time password, else None."""
    with store.read() as tx:
        if accounts.any_account(tx):
            return None
    password = one_time_password()
    kept = hasher().hash(password)
    with store.begin() as tx:
        if accounts.any_account(tx):
            return None
        by = By("system", now, "首次启动")
        grant(tx, add_account(tx, FIRST_LOGIN, "系统管理员", kept, by), "admin", None, by)
    return password


def demo_logins(store: Store, now: datetime) -> list[tuple[str, str]]:
    """One login for each of the main roles, (login, what it is); nothing is changed when they are there."""
    kept = hasher().hash(DEMO_PASSWORD)
    with store.begin() as tx:
        if accounts.any_demo(tx):
            return [(row.login, row.name) for row in accounts.any_demo(tx)]
        by = By("system", now, "示例")
        unit = _example_unit(tx)
        office = tx.exec(select(Unit).join(Campaign, Campaign.office_unit_id == Unit.id).limit(1)).first()  # type: ignore[arg-type]  # a condition on columns
        plan: list[tuple[str, str, list[tuple[str, Unit | None]]]] = [
            ("admin", "演示管理员", [("admin", None)]),
            ("reviewer", "演示审核员", [("reviewer", None)]),
            ("contact", f"演示联络员（{unit.name}）" if unit else "演示联络员", [("contact", unit)] if unit else []),
            ("head", f"演示负责人（{unit.name}）" if unit else "演示负责人", [("unit_head", unit)] if unit else []),
            ("leader", "演示领导", [("leader", None)]),
        ]
        if office is not None and unit is None:
            plan[2] = ("contact", f"演示联络员（{office.name}）", [("contact", office)])
        for login, name, roles in plan:
            account = add_account(tx, DEMO_PREFIX + login, name[:60], kept, by, lasting=True)
            for role, where in roles:
                grant(tx, account, role, where, by)
        return [(row.login, row.name) for row in accounts.any_demo(tx)]


def sample_is_here(store: Store) -> bool:
    """Whether `campaign demo` has built its sample in this database."""
    from campaign.work.rehearsal.demo import SLUG

    with store.read() as tx:
        return tx.exec(select(Campaign.id).where(Campaign.slug == SLUG)).first() is not None


def _example_unit(tx: Session) -> Unit | None:
    found = busiest_unit(tx)
    return tx.get(Unit, found) if found is not None else None
