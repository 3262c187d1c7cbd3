"""Mail against a server on this machine: what each answer and each broken line means."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from campaign.notices.addressees import Addressee
from campaign.notices.channels.base import Sent
from campaign.notices.channels.mail import MailChannel, MailServer, Security
from campaign.notices.wording import compose
from tests.integration.notices.postbox import Postbox, postbox_open
from tests.unit.notices.samples import CONTACT, ISSUED, notice

HEAD = Addressee("吴二", None, "wu@example.cn", None, "unit_head")


@pytest.fixture
def box() -> Iterator[Postbox]:
    with postbox_open() as found:
        yield found


def send(box: Postbox, *people: Addressee, security: Security = "none", user: str | None = None, trust: ssl.SSLContext | None = None) -> Sent:
    channel = MailChannel(MailServer("127.0.0.1", box.port, "office@example.cn", security, user, "P-secret-word"), seconds=60, trust=trust)
    try:
        return channel.send(compose(notice()), notice(), people or (CONTACT,), now=ISSUED)
    finally:
        channel.close()


@pytest.mark.parametrize(
    ("answers", "outcome"),
    [
        pytest.param({}, "delivered", id="taken"),
        pytest.param({"RCPT": "550 no such user"}, "refused", id="person unknown"),
        pytest.param({"RCPT": "451 greylisted, try later"}, "failed", id="greylisted"),
        pytest.param({"MAIL": "452 too busy"}, "failed", id="busy before the letter"),
        pytest.param({"after": "554 looks like spam"}, "refused", id="text refused"),
        pytest.param({"after": "451 try later"}, "failed", id="text later"),
        pytest.param({"after": "cut"}, "unknown", id="cut after the text"),
        pytest.param({"RCPT": "cut"}, "failed", id="cut before the text"),
        pytest.param({"EHLO": "cut"}, "failed", id="cut at the greeting"),
    ],
)
def test_what_the_server_says_is_one_of_four_words(box: Postbox, answers: dict[str, str], outcome: str) -> None:
    box.answers = answers
    assert send(box).outcome == outcome


def test_a_repetition_is_the_same_letter_by_its_message_id(box: Postbox) -> None:
    for _ in range(2):
        send(box)
    first, second = box.letters
    assert first["Message-ID"] == second["Message-ID"] == "<n2001-1@example.cn>"
    text = first.get_payload(decode=True)
    assert isinstance(text, bytes)
    assert "催办通知单" in text.decode()


def test_a_person_who_is_refused_is_named_and_not_in_the_proof(box: Postbox) -> None:
    box.unknown = frozenset({"wu@"})
    sent = send(box, CONTACT, HEAD)
    assert (sent.outcome, sent.reached) == ("delivered", (CONTACT,))
    assert "吴二" in sent.detail


def test_nobody_with_an_address_is_refused_for_the_next_channel(box: Postbox) -> None:
    assert send(box, Addressee("林一")).outcome == "refused"


def test_a_server_that_is_not_there_has_failed() -> None:
    with postbox_open() as gone:
        port = gone.port
    assert send(Postbox(port)).outcome == "failed"


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("openssl") is None:
        pytest.skip("openssl makes the certificate of the test server, and is not installed")
    folder = tmp_path_factory.mktemp("tls")
    words = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 -keyout key.pem -out cert.pem"
    subprocess.run(words.split(), cwd=folder, check=True, capture_output=True)
    both = folder / "both.pem"
    both.write_text((folder / "key.pem").read_text() + (folder / "cert.pem").read_text())
    return both


def test_over_tls_it_logs_in_and_an_unknown_certificate_is_refused(certificate: Path) -> None:
    trust = ssl.create_default_context(cafile=certificate)
    with postbox_open(certificate) as box:
        assert send(box, security="ssl", user="office", trust=trust).outcome == "delivered"
        assert box.logins == 1
        sent = send(box, security="ssl", user="office")
        assert (sent.outcome, "证书" in sent.detail) == ("refused", True)
        box.answers = {"AUTH": "535 no"}
        sent = send(box, security="ssl", user="office", trust=trust)
        assert (sent.outcome, "P-secret-word" in sent.detail) == ("refused", False)
