"""`campaign user …`: accounts of the portal from the command line: opening, resetting, closing, listing, and the logins of a demonstration.

A one-time password is printed once and kept nowhere. This is also the way back in when nobody knows a password any more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from campaign.cli.desk import answer, by_of, opened
from campaign.cli.options import Reading, Writing, reads, writes
from campaign.cli.output import emit_json, show_table

if TYPE_CHECKING:
    from sqlmodel import Session

    from campaign.records.tables import Unit

ROLES = {
    "admin": "创建办管理员", "leader": "领导", "lead_unit": "牵头单位", "unit_head": "单位负责人", "contact": "联络员", "reviewer": "审核员",
    "third_party": "第三方测评员", "expert": "专家", "inspector": "检查组", "auditor": "审计",
}  # fmt: skip
EXPLAINED = "、".join(f"{key} {label}" for key, label in ROLES.items())


@click.command()
@click.argument("login", metavar="登录名")
@click.option("--name", required=True, metavar="姓名", help="写入日志的姓名；同名的人加单位区分。")
@click.option("--role", "role", required=True, type=click.Choice(list(ROLES)), metavar="角色", help=f"{EXPLAINED}。")
@click.option("--unit", metavar="单位", help="角色管到哪个单位（含下级）；不填为全部。")
@writes
def add(login: str, name: str, role: str, unit: str | None, act: Writing) -> None:
    """开通门户账号，给出一次性口令；首次登录时必须修改。

    例：campaign user add wang --name 王某 --role contact --unit 教育局
    """
    from campaign.work.people import accounts

    password = accounts.one_time_password()
    kept = accounts.hasher().hash(password)
    with opened(act) as store, store.begin() as tx:
        account = accounts.add_account(tx, login, name, kept, by_of(act))
        accounts.grant(tx, account, role, _unit(tx, unit), by_of(act))
        value = {"id": account.id, "login": account.login, "name": account.name, "role": role, "unit": unit, "password": password}
    answer(act, value, f"已开通「{value['name']}」（{value['login']}，{ROLES[role]}{f',{unit}' if unit else ''}）。", _told(password))


@click.command()
@click.argument("login", metavar="登录名")
@writes
def reset(login: str, act: Writing) -> None:
    """重置口令：给出新的一次性口令，其全部登录立即退出；停用的账号随之恢复。

    例：campaign user reset admin --as 王某 --reason 忘记口令
    """
    from campaign.work.people import accounts

    password = accounts.one_time_password()
    kept = accounts.hasher().hash(password)
    with opened(act) as store, store.begin() as tx:
        account = accounts.need_account(tx, login)
        accounts.reset_password(tx, account, kept, by_of(act))
        value = {"id": account.id, "login": account.login, "password": password}
    answer(act, value, f"已重置「{value['login']}」的口令。", _told(password))


@click.command()
@click.argument("login", metavar="登录名")
@writes
def disable(login: str, act: Writing) -> None:
    """停用账号，其全部登录立即退出；须用 --reason 写明理由。

    例：campaign user disable wang --as 李某 --reason 调离
    """
    from campaign.work.people import accounts

    with opened(act) as store, store.begin() as tx:
        account = accounts.need_account(tx, login)
        accounts.disable(tx, account, by_of(act))
        value = {"id": account.id, "login": account.login, "state": account.state}
    answer(act, value, f"已停用「{value['login']}」。")


@click.command("list")
@click.option("--search", default="", metavar="文字", help="按登录名或姓名查找。")
@reads
def list_(search: str, ask: Reading) -> None:
    """门户账号清单。

    例：campaign user list
    """
    from campaign.records.people import accounts

    with opened(ask) as store, store.read() as tx:
        rows = accounts.list_accounts(tx, wanted=search, limit=1000)
        grants = accounts.grants_of(tx, [row.id for row in rows])
        value = [
            {
                "id": row.id, "login": row.login, "name": row.name, "state": row.state, "must_change": bool(row.must_change),
                "roles": [{"role": one.role, "unit": one.unit} for one in grants.get(row.id, [])],
            }
            for row in rows
        ]  # fmt: skip
    if ask.json:
        emit_json(value)
        return
    told = [
        (one["login"], one["name"], {"active": "启用", "disabled": "停用"}[str(one["state"])], "、".join(_role(part) for part in _parts(one))) for one in value
    ]
    show_table(["登录名", "姓名", "状态", "角色"], told, empty="还没有账号：门户首次启动时会建立 admin")


@click.command()
@writes
def demo(act: Writing) -> None:
    """建立演示账号（仅限本机登录，口令公开）。

    例：campaign user demo --as 创建办
    """
    from campaign.work.people.first_accounts import DEMO_PASSWORD, demo_logins

    with opened(act) as store:
        made = demo_logins(store, act.now)
    answer(act, {"logins": [login for login, _ in made], "password": DEMO_PASSWORD}, *(f"{login}  {name}" for login, name in made), f"口令都是 {DEMO_PASSWORD}")


def _unit(tx: Session, wanted: str | None) -> Unit | None:
    from campaign.records.campaigns import need_unit

    return need_unit(tx, wanted) if wanted else None


def _told(password: str) -> str:
    return f"一次性口令：{password}（7 天内有效，只显示这一次，请当面或电话告知本人）"


def _parts(one: dict[str, object]) -> list[dict[str, str | None]]:
    parts = one["roles"]
    assert isinstance(parts, list)
    return parts


def _role(part: dict[str, str | None]) -> str:
    label = ROLES[part["role"] or ""]
    return f"{label}（{part['unit']}）" if part["unit"] else label
