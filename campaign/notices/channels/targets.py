"""Where a webhook may go: a web address whose host does not lie in the local network.

Owns the look-up of the host and the judgement of each answer. The connection is then made to the very address that was judged; looking the
name up a second time would let its owner answer differently (DNS rebinding).
"""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from campaign.errors import CampaignError

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class BadTarget(CampaignError):
    """The address can never be used as it is."""

    code = "bad_target"


class HostUnknown(CampaignError):
    """No answer from the name service now; later there may be one."""

    code = "host_unknown"


@dataclass(frozen=True, slots=True)
class Target:
    scheme: str
    host: str
    port: int
    allow_local: bool = False
    allowed_by: str = "CAMPAIGN_WEBHOOK_ALLOW_LOCAL"
    """The setting that would allow the local network, for the message."""

    def addresses(self) -> list[str]:
        """The addresses to connect to, in the order of the name service; one local address among them refuses all."""
        try:
            answers = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise HostUnknown(f"查不到接收地址的主机 {self.host}：请检查域名和网络。", host=self.host) from error
        found = list(dict.fromkeys(str(answer[4][0]) for answer in answers))
        if not self.allow_local:
            for address in found:
                if is_local(ipaddress.ip_address(address.split("%")[0])):
                    raise BadTarget(f"接收地址在本机或内部网络，已拒绝发送：确需发往内网的，请设置 {self.allowed_by}=1。", host=self.host)
        return found


def target_of(url: str, *, allow_local: bool = False, allowed_by: str = "CAMPAIGN_WEBHOOK_ALLOW_LOCAL") -> Target:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise BadTarget("接收地址写法有误：请填写以 http:// 或 https:// 开头的完整地址。") from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise BadTarget("接收地址写法有误：请填写以 http:// 或 https:// 开头的完整地址。")
    return Target(parts.scheme, parts.hostname, port or (443 if parts.scheme == "https" else 80), allow_local, allowed_by)


def is_local(address: IPAddress) -> bool:
    """Anything that is not an ordinary public address, also when it is wrapped into an IPv6 one."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if inner is None and address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_local(inner)
    return not address.is_global or address.is_multicast
