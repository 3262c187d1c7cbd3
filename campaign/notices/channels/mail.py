"""邮件 by SMTP: one letter a sending, with a Message-ID made of its key, so that a repetition is the same letter to every mail program.

Owns the order of the conversation, because what a broken line means depends on where it broke: before the text was handed over nothing was
sent, after it nobody knows. Refuses to log in over a line without encryption.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import format_datetime, formataddr
from typing import Literal

from campaign.notices.addressees import Addressee
from campaign.notices.channels.base import Sent
from campaign.notices.wording import Message
from campaign.records.papers.outbox import Outgoing

Security = Literal["ssl", "starttls", "none"]
SECONDS = 8.0
WORDS_SHOWN = 160


@dataclass(frozen=True, slots=True)
class MailServer:
    host: str
    port: int
    sender: str
    security: Security = "ssl"
    user: str | None = None
    password: str | None = None


class MailChannel:
    def __init__(self, server: MailServer, *, seconds: float = SECONDS, trust: ssl.SSLContext | None = None) -> None:
        self._server, self._seconds = server, seconds
        self._trust = trust or ssl.create_default_context()

    def send(self, message: Message, outgoing: Outgoing, addressees: Sequence[Addressee], *, now: datetime) -> Sent:
        people = [one for one in addressees if one.email]
        if not people:
            return Sent("refused", "送达对象都没有登记邮箱。")
        letter = self._letter(message, outgoing, people, now)
        try:
            line = self._open()
        except smtplib.SMTPAuthenticationError:
            return Sent("refused", "邮件服务器不接受登录：请核对 CAMPAIGN_SMTP_USER 和 CAMPAIGN_SMTP_PASSWORD。")
        except ssl.SSLError:
            return Sent("refused", "邮件服务器的证书或加密方式不符：请核对 CAMPAIGN_SMTP_SECURITY 和端口。")
        except smtplib.SMTPNotSupportedError:
            return Sent("refused", "邮件服务器不支持所设的加密或登录方式。")
        except (OSError, smtplib.SMTPException) as error:
            return Sent("failed", f"连不上邮件服务器（{type(error).__name__}）。")
        try:
            return self._hand_over(line, letter, people)
        finally:
            line.close()

    def close(self) -> None:
        return None

    def _open(self) -> smtplib.SMTP:
        server = self._server
        line: smtplib.SMTP
        if server.security == "ssl":
            line = smtplib.SMTP_SSL(server.host, server.port, timeout=self._seconds, context=self._trust)
        else:
            line = smtplib.SMTP(server.host, server.port, timeout=self._seconds)
        try:
            if server.security == "starttls":
                line.starttls(context=self._trust)
            if server.user and server.security != "none":
                line.login(server.user, server.password or "")
            else:
                line.ehlo_or_helo_if_needed()
        except BaseException:
            line.close()
            raise
        return line

    def _hand_over(self, line: smtplib.SMTP, letter: bytes, people: Sequence[Addressee]) -> Sent:
        reached: list[Addressee] = []
        answers: list[tuple[int, bytes]] = []
        try:
            answers.append(line.mail(self._server.sender))
            for one in people if answers[0][0] == 250 else ():
                answers.append(line.rcpt(one.email or ""))
                if answers[-1][0] in (250, 251):
                    reached.append(one)
        except (OSError, smtplib.SMTPException) as error:
            return Sent("failed", f"与邮件服务器的连接中断，没有发出（{type(error).__name__}）。")
        bad = [answer for answer in answers if answer[0] not in (250, 251)]
        if not reached:
            return _refused(bad)
        try:
            answer = line.data(letter)
        except smtplib.SMTPDataError as refusal:
            return _refused([(refusal.smtp_code, refusal.smtp_error if isinstance(refusal.smtp_error, bytes) else refusal.smtp_error.encode())])
        except (OSError, smtplib.SMTPException) as error:
            return Sent("unknown", f"已发出，邮件服务器没有答复（{type(error).__name__}）。")
        if answer[0] != 250:
            return _refused([answer])
        lost = "、".join(one.name for one in people if one not in reached)
        return Sent("delivered", "邮件服务器已接收。" + (f"未送达：{lost}（{_said(bad[0])}）。" if lost else ""), tuple(reached))

    def _letter(self, message: Message, outgoing: Outgoing, people: Sequence[Addressee], now: datetime) -> bytes:
        letter = EmailMessage(policy=SMTP_POLICY)
        letter["Subject"] = " ".join(message.subject.split())
        letter["From"] = self._server.sender
        letter["To"] = ", ".join(formataddr((one.name, one.email or "")) for one in people)
        letter["Date"] = format_datetime(now)
        letter["Message-ID"] = f"<{outgoing.idempotency_key}@{self._server.sender.rpartition('@')[2] or 'campaign'}>"
        letter["Auto-Submitted"] = "auto-generated"
        letter.set_content(message.text_plain)
        return letter.as_bytes()


def _refused(answers: Sequence[tuple[int, bytes]]) -> Sent:
    """4xx is for later, 5xx for good; one that may come later is worth another try."""
    later = next((answer for answer in answers if 400 <= answer[0] < 500), None)
    return Sent("failed", f"邮件服务器暂时不收：{_said(later)}。") if later else Sent("refused", f"邮件服务器拒收：{_said(answers[0])}。")


def _said(answer: tuple[int, bytes]) -> str:
    return f"{answer[0]} {' '.join(answer[1].decode('utf-8', 'replace').split())}"[:WORDS_SHOWN]
