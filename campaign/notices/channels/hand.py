"""人工送达 as a channel: it sends nothing. Refusing hands the notice to the office, whose duty to serve it is a full delivery with proof."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from campaign.notices.addressees import Addressee
from campaign.notices.channels.base import Sent
from campaign.notices.wording import Message
from campaign.records.papers.outbox import Outgoing


class ByHand:
    def send(self, message: Message, outgoing: Outgoing, addressees: Sequence[Addressee], *, now: datetime) -> Sent:
        return Sent("refused", "按规则由办公室人工送达：请送交后登记签收人。")

    def close(self) -> None:
        return None
