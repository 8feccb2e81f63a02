"""One address type: what it lets through, a mail can be made for; what it refuses says why."""

from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from needlepoint.exchange.mail_address import MailFault, mailbox


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" rosa@example.org ", "rosa@example.org"),
        ("Rosa.Maria+skin@Example.ORG", "Rosa.Maria+skin@example.org"),
        ("o'brien@example.org", "o'brien@example.org"),
        ("rosa@bücher.example", "rosa@xn--bcher-kva.example"),
        ("rosa@example.org\u200b", "rosa@example.org"),
        ("a@" + "x" * 63 + ".example", "a@" + "x" * 63 + ".example"),
    ],
)
def test_one_mailbox_is_kept_as_every_server_reads_it(typed, kept):
    assert mailbox(typed) == kept


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", MailFault.SHAPE),
        ("rosa", MailFault.SHAPE),
        ("@example.org", MailFault.SHAPE),
        ("rosa@", MailFault.SHAPE),
        ("a@@example.org", MailFault.SHAPE),
        ("a b@example.org", MailFault.SHAPE),
        (".rosa@example.org", MailFault.SHAPE),
        ("Rosa <rosa@example.org>", MailFault.SHAPE),
        ("a@example.org, b@example.org", MailFault.TWO),
        ("a@x.example,b@y.example", MailFault.TWO),
        ("a@example.org;b@example.org", MailFault.TWO),
        ("a@example.org b@example.org", MailFault.TWO),
        ("a@x.example\nBcc: b@y.example", MailFault.TWO),
        ("josé@example.org", MailFault.LETTERS),
        ("rosa@example.org.", MailFault.DOMAIN),
        ("rosa@example", MailFault.DOMAIN),
        ("rosa@exa mple.org", MailFault.DOMAIN),
        ("rosa@example..org", MailFault.DOMAIN),
        ("rosa@-example.org", MailFault.DOMAIN),
        ("rosa@192.0.2.1", MailFault.DOMAIN),
        ("rosa@faß.example", MailFault.DOMAIN),
        ("jane@" + "x" * 64 + ".example", MailFault.DOMAIN),
        ("a" * 65 + "@example.org", MailFault.TOO_LONG),
        ("a@" + "x" * 60 + ("." + "y" * 60) * 4 + ".example", MailFault.TOO_LONG),
    ],
)
def test_what_is_no_mailbox_says_why(typed, why):
    assert mailbox(typed) is why


@given(
    st.one_of(st.text(max_size=80), st.from_regex(r"[^@\s]{0,20}@[^@\s]{0,30}\.[a-z]{1,5}", fullmatch=True))
)
def test_whatever_is_let_through_goes_into_the_head_of_a_mail(typed):
    found = mailbox(typed)
    if not isinstance(found, MailFault):
        mail = EmailMessage()
        mail["To"] = found
        assert [each.addr_spec for each in mail["To"].addresses] == [found]
        assert mailbox(found) == found
