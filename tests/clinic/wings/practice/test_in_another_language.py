"""A practice works in its own language: no page of the staff's is left in English, and each member may choose."""

import re
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import override
from tests.clinic.practice import Practice
from tests.clinic.test_access import POLICY, address, house, signed_in

from needlepoint.clinic.access.checks import Refused
from needlepoint.clinic.access.roles import ROLES, Permission, Role
from needlepoint.clinic.access.said import told
from needlepoint.clinic.practice.actions import clinic as clinics
from needlepoint.course.errors import InputError
from needlepoint.evidence.languages import every_language, first_language

ANOTHER = next(each.code for each in every_language() if each.on and not each.first)
# What English cannot say a sentence without, and no word of another language that is on.
ENGLISH = re.compile(
    r"\b(the|and|of|is|was|were|with|this|that|these|from|not|nobody|are|have|been|for|which|what|who|whom|when|your"
    r"|you|by|to|it|its|they|them|their|only|until|since|each|every|must|can|here|there|where|how|why)\b",
    re.IGNORECASE,
)
# What is in a language of its own, and says so: titles of documents, a text that was signed, what somebody typed.
APART = re.compile(r'<(\w+)[^>]*\blang="en"[^>]*>.*?</\1>', re.DOTALL)
SILENT = re.compile(r"<(script|style|svg|textarea|code)\b.*?</\1>|<[^>]*>", re.DOTALL)
SPOKEN_MARKS = re.compile(r'\b(?:aria-label|title|placeholder|alt|data-closed|data-going)="([^"]*)"')
# Typed by people, or names of things.
TYPED = (
    *("Harbour Skin", "May I?", "The family rang.", "Call me", "Needlepoint", "Zyx-Planted-ours-own"),
    *("It is hot and it spreads.", "A brown patch on the left cheek.", "Seen and weighed."),
)


def said(html):
    """What a page says aloud or in its marks, without what is in a language of its own."""
    html = APART.sub(" ", html)
    marks = " ".join(SPOKEN_MARKS.findall(html))
    told = unescape(f"{SILENT.sub(' ', html)} {marks}")
    told = re.sub(r"\{\w+\}|\w+ of Harbour Skin", " ", told)
    for each in TYPED:
        told = told.replace(each, " ")
    return told


def english(html):
    """The English words of a page, each with what stands around it."""
    told = re.sub(r"\s+", " ", said(html))
    return [told[max(0, each.start() - 30) : each.end() + 30] for each in ENGLISH.finditer(told)]


@pytest.fixture
def spoken(db):
    practice, rows = house("Harbour Skin", "Zyx-Planted-ours")
    practice.clinic.language = ANOTHER
    practice.clinic.save(update_fields=["language"])
    return practice, rows["own"]


@pytest.mark.parametrize("role", [Role.MEDICAL_DIRECTOR, Role.CLINIC_ADMIN, Role.FRONT_DESK, Role.AUDITOR])
def test_no_page_is_left_in_english_where_the_practice_speaks_another_language(spoken, role):
    practice, rows = spoken
    client, left, seen = signed_in(practice, role), [], 0
    for name, (permission, verbs, kinds) in POLICY.items():
        if "GET" not in verbs.split() or Permission(permission) not in ROLES[role]:
            continue
        answer = client.get(address(name, kinds, rows))
        if answer.status_code == 200 and "text/html" in answer["Content-Type"]:
            seen += 1
            left += [f"{name}: {each}" for each in english(answer.content.decode())]
    assert seen > 5
    assert left == []


@pytest.mark.django_db
def test_a_member_reads_their_own_language_and_the_others_that_of_the_practice():
    practice = Practice.of_today("Harbour Skin")
    nurse, prescriber = signed_in(practice, Role.NURSE), signed_in(practice, Role.PRESCRIBER)
    page = nurse.get(reverse("my_sign_ins"))
    key = re.search(r'name="key" value="([^"]+)"', page.content.decode())[1]
    assert nurse.post(reverse("choose_language"), {"key": key, "language": ANOTHER}).status_code == 302
    assert f'<html lang="{ANOTHER}"' in nurse.get(reverse("patients")).content.decode()
    assert '<html lang="en"' in prescriber.get(reverse("patients")).content.decode()


@pytest.mark.django_db
def test_the_practice_chooses_the_language_of_all_who_have_chosen_none_and_of_its_door():
    practice = Practice.of_today("Harbour Skin")
    admin, nurse = signed_in(practice, Role.CLINIC_ADMIN), signed_in(practice, Role.NURSE)
    key = re.search(r'name="key" value="([^"]+)"', admin.get(reverse("portal_contact")).content.decode())[1]
    assert admin.post(reverse("practice_language"), {"key": key, "language": ANOTHER}).status_code == 302
    assert f'<html lang="{ANOTHER}"' in nurse.get(reverse("patients")).content.decode()
    assert f'<html lang="{ANOTHER}"' in Client().get("/sign-in/login/").content.decode()


@pytest.mark.django_db
def test_a_language_that_is_not_spoken_here_is_refused():
    practice = Practice.of_today("Harbour Skin")
    admin = signed_in(practice, Role.CLINIC_ADMIN)
    key = re.search(r'name="key" value="([^"]+)"', admin.get(reverse("portal_contact")).content.decode())[1]
    assert admin.post(reverse("practice_language"), {"key": key, "language": "xx"}).status_code == 400
    assert '<html lang="en"' in admin.get(reverse("portal_contact")).content.decode()


@pytest.mark.django_db
def test_a_practice_is_asked_for_its_language_when_it_is_founded():
    spoken = clinics.found(name="Piel del Puerto", zone_name="Europe/Madrid", at=now(), language=ANOTHER)
    assert spoken.language == ANOTHER
    assert (
        clinics.found(name="Harbour Skin", zone_name="Europe/Madrid", at=now()).language == first_language()
    )
    with pytest.raises(InputError, match="is not spoken here"):
        clinics.found(name="Nowhere", zone_name="Europe/Madrid", at=now(), language="xx")


def test_a_refusal_is_told_in_the_language_of_whoever_reads_it_and_kept_in_the_first():
    refused = Refused("There is a room named %(name)s already.", name="1")
    typed = InputError("name", "is empty", "a text")
    with override(ANOTHER):
        assert str(refused) != "There is a room named 1 already."
        assert "1" in str(refused)
        assert told(typed) != typed.line
    assert str(refused) == "There is a room named 1 already."
    assert told(typed) == typed.line
