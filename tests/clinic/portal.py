"""A patient at home: invited by the real actions, in by the real link, in a browser of their own."""

from datetime import UTC, datetime, timedelta

from django.test import Client
from tests.clinic.practice import Practice

from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.models import Message
from needlepoint.clinic.portal.actions import sign_in
from needlepoint.clinic.practice.actions.clinic import set_contact
from needlepoint.clinic.practice.actions.signed.words import sign_words
from needlepoint.evidence.words import languages, words

PHONE = "+1 202 555 0199"


def reachable(practice: Practice) -> None:
    """The clinic says whom to call, and its medical director signs the words."""
    contact = {
        "phone": PHONE,
        "email": "",
        "hours": "Mon-Fri 9-17",
        "emergency_number": "911",
        "portal_address": "",
    }
    set_contact(practice.act(Role.CLINIC_ADMIN), contact=contact)
    for language in languages():
        spoken = words(language)
        sign_words(practice.act(Role.MEDICAL_DIRECTOR), language=language, sha256=spoken.sha256)


def invited(practice: Practice, of, language: str = "en") -> str:
    """Invite a patient, and return the path of the link in the message."""
    practice.catch_up()
    sign_in.invite(practice.act(Role.FRONT_DESK), patient_id=of.public_id, language=language)
    return path_of(Message.objects.filter(patient=of).order_by("-pk").first())


def opened(message) -> tuple[str, str]:
    """The address and the code that a message stands for."""
    return sign_in.open_words(message.filled_with["link"])


def path_of(message) -> str:
    address, _code = opened(message)
    return "/portal/" + address.split("/portal/")[1]


class Home:
    """A browser at a patient's home."""

    def __init__(self, practice: Practice, language: str = "en") -> None:
        self.practice, self.browser = practice, Client(headers={"accept-language": language})
        self.root = f"/portal/{practice.clinic.slug}/"

    def get(self, where: str = ""):
        return self.browser.get(self.root + where)

    def post(self, where: str, **typed):
        return self.browser.post(self.root + where, typed)

    def open(self, path: str):
        """Open a link and press its one button."""
        self.browser.get(path)
        return self.browser.post(path)

    def born(self, of):
        day = of.born_on
        born = {"day": day.day, "month": day.month, "year": day.year}
        return self.post("sign-in/born/", **born, first_name=of.given_name)

    def enter(self, of, language: str = "en") -> "Home":
        """Come in by an invitation."""
        self.open(invited(self.practice, of, language))
        answer = self.born(of)
        assert answer.status_code == 302, answer.content.decode()
        return self

    def fill(self, where: str, **typed):
        """Send the form of a page with the key that the page carries."""
        page = self.get(where)
        return self.post(where, key=key_of(page), **typed)


def key_of(page) -> str:
    import re

    found = re.findall(r'name="key" value="([0-9a-f-]{36})"', page.content.decode())
    return found[0]


def now() -> datetime:
    return datetime.now(UTC)


__all__ = ["PHONE", "Home", "invited", "key_of", "now", "opened", "path_of", "reachable", "timedelta"]
