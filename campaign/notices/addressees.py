"""Who a sending goes to, as the caller found them at sending time.

Owns the test address that stands for everybody before `golive`, and how much of a person is kept in the ledger: name, relation and a
masked address. Refuses to look anybody up.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass

_PHONE = re.compile(r"\+?\d[\d -]{5,18}\d")


@dataclass(frozen=True, slots=True)
class Addressee:
    """A person, or with relation `unit` the unit itself, for receivers that route by unit."""

    name: str
    phone: str | None = None
    email: str | None = None
    account: str | None = None
    relation: str = "contact"

    @property
    def written(self) -> dict[str, str]:
        """What a receiver is told, without the blanks."""
        return {key: value for key, value in asdict(self).items() if value}

    @property
    def kept(self) -> dict[str, str]:
        """What the ledger keeps: enough for proof, no number to collect."""
        address = self.account or _masked_phone(self.phone) or _masked_email(self.email)
        return {"name": self.name, "relation": self.relation} | ({"address": address} if address else {})


def unit_itself(name: str) -> Addressee:
    return Addressee(name=name, relation="unit")


def rehearsal_addressee(address: str) -> Addressee:
    """The one address of rehearsals; what it is follows from how it looks."""
    address = address.strip()
    if "@" in address:
        return Addressee(name="演练地址", email=address, relation="test")
    if _PHONE.fullmatch(address):
        return Addressee(name="演练地址", phone=address, relation="test")
    return Addressee(name="演练地址", account=address, relation="test")


def each_once(addressees: Iterable[Addressee]) -> list[Addressee]:
    """A person with two posts gets one message, under the relation that came first."""
    found: dict[tuple[str | None, ...], Addressee] = {}
    for one in addressees:
        found.setdefault((one.name, one.phone, one.email, one.account), one)
    return list(found.values())


def _masked_phone(phone: str | None) -> str | None:
    digits = re.sub(r"\D", "", phone or "")
    if not digits:
        return None
    return f"{digits[:3]}****{digits[-4:]}" if len(digits) >= 11 else "****" + digits[-3:]


def _masked_email(email: str | None) -> str | None:
    if not email or "@" not in email:
        return None
    box, _, host = email.partition("@")
    return f"{box[:1]}***@{host}"
