"""Patients are found by any part of their names, by phone and birth, and possible duplicates are seen."""

from dataclasses import dataclass
from datetime import date

import pytest
from tests.clinic.portal import Home, invited, now
from tests.clinic.practice import Practice

from needlepoint.clinic.access.checks import Refused
from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.chair.actions import patient
from needlepoint.clinic.chair.actions.outbox import contact
from needlepoint.clinic.chair.queries import duplicates
from needlepoint.clinic.chair.queries.patient_list import patient_page
from needlepoint.clinic.desk.forms import patient as forms
from needlepoint.clinic.models import Stay
from needlepoint.clinic.portal.actions import sign_in
from needlepoint.clinic.practice.actions.version import Version

BORN = date(1990, 5, 4)


@dataclass
class Chart:
    given_name: str = "Ann"
    family_name: str = "Nobody"
    born_on: date | None = BORN
    phone: str = ""
    email: str = ""


def called(practice, given_name, family_name, **more):
    return practice.patient(given_name=given_name, family_name=family_name, **more)


def found(practice, search):
    rows = patient_page(practice.actor(Role.FRONT_DESK), search, 1).rows
    return [f"{row.given_name} {row.family_name}" for row in rows]


CASES = [
    ("Anna", "van der Berg", "van der Berg"),
    ("María José", "García Márquez", "Márquez"),
    ("María José", "García Márquez", "GARCÍA"),
    ("Ana", "De Souza", "de souza"),
    ("Elif", "Öztürk", "ozturk"),
    ("Hans", "Jörg", "joerg"),
    ("Ольга", "Ёлкина", "ёлкина"),
    ("Ольга", "Ёлкина", "ЕЛКИНА"),
    ("Ελένη", "Παπαδοπούλου", "παπαδ"),
    ("Aoife", "O'Brien-Quill", "O’Brien"),
    ("Aoife", "O'Brien-Quill", "quill"),
    ("Aoife", "O'Brien-Quill", "O'Brien-Quill, Aoife"),
    ("Sian", "O’Connor", "O'Connor"),
    ("Kai", "Mu\u0308nster", "Münster"),
    ("小明", "王", "王小明"),
    ("Łukasz", "Łoś", "lukasz los"),
    ("محمد", "أحمد", "احمد"),
    ("Kai", "Nāʻālehu", "naalehu"),
    ("Lê", "Đặng", "dang"),
    ("Ida", "Strauß", "STRAUSS"),
]


@pytest.mark.parametrize(("given", "family", "search"), CASES)
def test_a_patient_is_found_as_people_type_the_name(practice, given, family, search):
    called(practice, "Somebody", "Else")
    called(practice, given, family)
    assert found(practice, search) == [f"{given} {family}"]


@pytest.mark.parametrize("search", ["1990-05-04", "04.05.1990", "5/4/1990", "٠٤.٠٥.١٩٩٠"])
def test_a_patient_is_found_by_the_date_of_birth(practice, search):
    called(practice, "Ann", "Berg", born_on=BORN)
    called(practice, "Bea", "Berg", born_on=date(1991, 5, 4))
    assert found(practice, search) == ["Ann Berg"]


@pytest.mark.parametrize("search", ["(202) 555-0143", "+1 202 555 0143", "5550143", "0012025550143"[2:]])
def test_a_patient_is_found_by_the_phone(practice, search):
    called(practice, "Ann", "Berg", phone="202-555-0143")
    called(practice, "Bea", "Berg", phone="202-555-0144")
    assert found(practice, search) == ["Ann Berg"]


def test_noughts_alone_are_the_end_of_nobodys_number(practice):
    called(practice, "Ada", "Byron", phone="202-555-0100")
    assert found(practice, "00000") == []


def test_a_patient_is_found_by_the_address(practice):
    called(practice, "Ann", "Berg", email="Ann.Berg@example.org")
    assert found(practice, "ann.berg@") == ["Ann Berg"]


def test_a_patient_is_found_by_a_former_name_and_the_list_says_so(practice):
    of = called(practice, "Anna", "Twin")
    person = patient.Person(given_name="Anna", family_name="Newname", born_on=of.born_on)
    seen = Version.of(patient.held_of(of))
    patient.correct(practice.act(Role.FRONT_DESK), patient_id=of.public_id, person=person, seen=seen)
    row = patient_page(practice.actor(Role.FRONT_DESK), "Twin", 1).rows[0]
    assert (row.family_name, row.former_names) == ("Newname", "Anna Twin")
    assert found(practice, "Newname") == ["Anna Newname"]


def test_the_list_stands_in_the_order_of_names_as_people_read_them(practice):
    for family in ("Zero", "van der Berg", "Öztürk", "Ellison"):
        called(practice, "A", family)
    rows = patient_page(practice.actor(Role.FRONT_DESK), "", 1).rows
    assert [row.family_name for row in rows] == ["Ellison", "Öztürk", "van der Berg", "Zero"]


def test_another_clinics_patients_are_not_found(practice, other_practice):
    called(other_practice, "Anna", "van der Berg", phone="202-555-0143", email="a@example.org")
    for search in ("Berg", "2025550143", "a@example.org", "1990-05-14"):
        assert found(practice, search) == [], search


# ------------------------------------------------------------------------------------------------------- duplicates


@pytest.mark.parametrize(
    ("one", "other", "says"),
    [
        (Chart("Li", "Wang"), Chart("Wang", "Li"), "in another order"),
        (Chart("Ann", "Bergstrom"), Chart("Ann", "Bergstrom", date(1990, 4, 5)), "day and month"),
        (Chart("Ann", "Bergstrom"), Chart("Ann", "Bergstrom", date(1991, 5, 4)), "one digit"),
        (Chart("Ann", "Bergstrom"), Chart("Ann", "Bergstrom", None), "not known"),
        (Chart("Łukasz", "Łoś"), Chart("Lukasz", "Los"), "begins alike"),
        (Chart("Bo", "Ødegård"), Chart("Ann", "Odegard"), "begins alike"),
        (Chart("Ian", "van der Berg"), Chart("Jan", "Berg"), "family name begins alike"),
        (Chart("María", "García Márquez"), Chart("M", "Márquez"), "a part of the name"),
        (Chart(phone="07700900123 / 02079460000"), Chart("B", "C", phone="07700900123"), "same phone"),
        (Chart(phone="07700 900123 ext 4"), Chart("B", "C", phone="+44 7700 900123"), "same phone"),
        (Chart(phone="٠٧٧٠٠٩٠٠١٢٣"), Chart("B", "C", phone="07700 900123"), "same phone"),
        (Chart(email="A@x.example"), Chart("B", "C", email="a@X.example "), "same e-mail"),
    ],
)
def test_two_charts_that_may_be_of_one_person_are_told_of(one, other, says):
    assert any(says in reason for reason in duplicates.reasons(one, other))
    assert duplicates.reasons(one, other) == duplicates.reasons(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Chart("Ann", "Bergstrom"), Chart("Ann", "Bergstrom", date(1972, 11, 30))),
        (Chart("Ian", "van der Berg"), Chart("Jo", "van der Meer")),
        (Chart("Ann", "Lee"), Chart("Bob", "Kim")),
        (Chart("Ann", "Lee", None), Chart("Bob", "Kim", None)),
        (Chart(phone="call mum"), Chart("B", "C", date(1980, 1, 1), phone="call mum")),
    ],
)
def test_two_charts_that_nothing_ties_are_left_in_peace(one, other):
    assert duplicates.reasons(one, other) == ()


@pytest.mark.parametrize(
    ("known", "typed"),
    [
        ({"given_name": "Li", "family_name": "Wang"}, {"given_name": "Wang", "family_name": "Li"}),
        ({"given_name": "Ann", "family_name": "Berg"}, {"born_on": date(1991, 5, 4)}),
        ({"given_name": "Ian", "family_name": "van der Berg"}, {"given_name": "Jan", "family_name": "Berg"}),
        ({"phone": "202 555 0143"}, {"born_on": date(1970, 1, 1), "phone": "n/a / +1 (202) 555-0143"}),
    ],
)
def test_the_same_person_is_seen_before_a_second_chart_is_made_and_in_the_list_of_all(practice, known, typed):
    base = {"given_name": "Ann", "family_name": "Berg", "born_on": BORN, "phone": "", "email": ""}
    there = practice.patient(**(base | known))
    actor = practice.actor(Role.FRONT_DESK)
    again = {**base, **known, **typed}
    assert [chart.pk for chart, _ in duplicates.like(actor, Chart(**again))] == [there.pk]
    practice.patient(**again)
    assert duplicates.pairs(actor)[1] == 1


# ----------------------------------------------------------------------------------------------------------- phones


@pytest.mark.parametrize(
    ("typed", "dialled"),
    [("(202) 555-0143", "+12025550143"), ("+44 7700 900123", "+447700900123"), ("call mum", ""), ("", "")],
)
def test_a_number_is_kept_as_typed_and_as_it_is_dialled(practice, typed, dialled):
    of = practice.patient(phone=typed)
    assert (of.phone, of.phone_e164) == (typed, dialled)


# ------------------------------------------------------------------------------------------------------------ twins


class Twins:
    """Two sisters of one day of birth under one address, each invited to her own page."""

    def __init__(self, practice):
        self.practice = practice
        self.anna, self.beth = (
            practice.patient(given_name=name, family_name="Twin", email="twins@example.org")
            for name in ("Anna", "Beth")
        )

    def opens(self, link_of):
        home = Home(self.practice)
        home.open(invited(self.practice, link_of))
        return home

    def enters(self, home, name):
        day = self.anna.born_on
        return home.post("sign-in/born/", day=day.day, month=day.month, year=day.year, first_name=name)


@pytest.fixture
def twins(db):
    return Twins(Practice.of_today("Harbour Skin"))


def test_twins_who_share_an_address_are_asked_the_first_name_and_meet_their_own_page_alone(twins):
    home = twins.opens(twins.beth)
    assert 'name="first_name"' in home.get("sign-in/born/").content.decode()
    assert twins.enters(home, "Anna").status_code == 400
    assert twins.enters(home, "").status_code == 400
    assert home.get("today/").status_code == 302
    assert twins.enters(home, "beth").url.endswith("/today/")
    assert Stay.objects.get().visitor.patient == twins.beth


def test_who_shares_an_address_with_nobody_of_that_day_is_not_asked(practice):
    practice = Practice.of_today("Sea Skin")
    of = practice.patient(email="family@example.org")
    practice.patient(email="family@example.org", born_on=date(1960, 1, 1), phone="")
    home = Home(practice)
    home.open(invited(practice, of))
    assert "first_name" not in home.get("sign-in/born/").content.decode()
    assert home.born(of).url.endswith("/today/")


@pytest.mark.parametrize(
    ("chart", "typed"),
    [
        ("(202) 555-0143", "+1 202 555 0143"),
        ("+1 202 555 0143", "202.555.0143"),
        ("+61 412 345 678", "+61 (0)412 345 678"),
        ("+44 7700 900124", "0044 7700 900124"[2:]),
        ("202 555 0143", "٢٠٢ ٥٥٥ ٠١٤٣"),
    ],
)
def test_a_link_goes_to_the_number_however_it_was_typed(db, chart, typed):
    practice = Practice.of_today("Harbour Skin")
    of = practice.patient(phone=chart, email="")
    invited(practice, of)
    Home(practice).post("sign-in/", address=typed)
    assert sign_in.answer_knocks(now()) == 1


def test_to_what_is_no_number_no_text_is_offered_or_sent(practice):
    of = practice.patient(phone="call mum", email="")
    with pytest.raises(Refused, match="no e-mail address and no number"):
        sign_in.invite(practice.act(Role.FRONT_DESK), patient_id=of.public_id, language="en")
    with pytest.raises(Refused, match="no sms address"):
        contact.take_contact_consent(
            practice.act(Role.FRONT_DESK), patient_id=of.public_id, agreed=[("visits", "sms")]
        )


def test_signs_that_nobody_sees_are_not_kept(practice):
    typed = {"given_name": "Ann\u202e", "family_name": "De  Souza", "born_on": "1990-05-14"}
    person = forms.person({**typed, "sex": "female", "skin_type": "III", "phone": "\u2066202 555 0143\u2069"})
    assert (person.given_name, person.family_name, person.phone) == ("Ann", "De Souza", "202 555 0143")
