"""The portal's rows of the access matrix: patients reach their own pages and nothing else, staff reach none of them."""

from uuid import uuid4

import pytest
from django.apps import apps
from django.conf import settings
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse
from tests.clinic.portal import Home, reachable
from tests.clinic.practice import Practice
from tests.clinic.test_access import AT_THE_DOOR, POLICY, address, house, signed_in
from tests.clinic.wings.chair.test_photos import picture

from needlepoint.clinic.access.checks import NotAllowed
from needlepoint.clinic.access.roles import ROLES, Permission, Role
from needlepoint.clinic.care.actions import check_in
from needlepoint.clinic.desk.actions import leaving
from needlepoint.clinic.models import RecordHead, RecordLine, Stay, Submission
from needlepoint.clinic.server.portal_urls import urlpatterns

PATIENT, ANYONE = Permission.PATIENT, Permission.ANYONE
WAY_IN = {ANYONE, Permission.SIGN_IN, Permission.ENROL}
# Each address with its verbs; what is not listed here is not there.
PORTAL = {
    "portal_front": (ANYONE, "GET"),
    "portal_language": (ANYONE, "POST"),
    "portal_read": (ANYONE, "GET"),
    "portal_ask": (ANYONE, "GET POST"),
    "portal_asked": (ANYONE, "GET"),
    "portal_sign_in": (ANYONE, "GET POST"),
    "portal_code": (ANYONE, "GET POST"),
    "portal_born": (ANYONE, "GET POST"),
    "portal_link": (ANYONE, "GET POST"),
    "portal_leave": (PATIENT, "POST"),
    "portal_today": (PATIENT, "GET"),
    "portal_curve": (PATIENT, "GET"),
    "portal_emergency": (ANYONE, "GET"),
    "portal_check_in": (PATIENT, "GET POST"),
    "portal_draft": (PATIENT, "POST"),
    "portal_reports": (PATIENT, "GET"),
    "portal_report": (PATIENT, "GET"),
    "portal_photos": (PATIENT, "GET"),
    "portal_photo": (PATIENT, "GET"),
    "portal_screening": (PATIENT, "GET POST"),
    "portal_screening_review": (PATIENT, "GET POST"),
    "portal_screening_result": (PATIENT, "GET"),
    "portal_question_group": (PATIENT, "GET POST"),
    "portal_question": (PATIENT, "GET POST"),
    "portal_question_day": (PATIENT, "GET POST"),
    "portal_preparation": (PATIENT, "GET"),
    "portal_consent": (PATIENT, "GET"),
    "portal_calendar": (PATIENT, "GET"),
    "portal_next_visit": (PATIENT, "GET POST"),
}
# What other machines may call.
HOOKS = {"sms_hook": (ANYONE, "POST")}
# A look leaves these traces and no others.
TRACES = {RecordLine, RecordHead, Submission}
pytestmark = pytest.mark.django_db


def counts():
    models = apps.get_app_config("clinic").get_models()
    return {model.__name__: model.objects.count() for model in models if model not in TRACES}


def where(name, practice, row=None):
    given = {"portal_read": "at_home", "portal_link": "nothing", "portal_question": "pregnant"}
    given |= {"portal_question_day": "isotretinoin", "portal_question_group": "allergies"}
    rows = {"portal_report": row or uuid4(), "portal_photo": row or uuid4()}
    more = [rows[name]] if name in rows else [given[name]] if name in given else []
    return reverse(name, args=[practice.clinic.slug, *more])


def after_a_session(practice, **known):
    of = practice.patient(**known)
    done = practice.done(practice.opened(practice.consented(practice.planned(practice.course(of)))))
    told = check_in.Told(redness=1, swelling=1, pain=1, signs=(), photo=picture())
    kept = check_in.report(practice.as_patient(of), session_id=done.public_id, told=told)
    return of, kept


@pytest.fixture
def practice():
    made = Practice.of_today("Harbour Skin")
    reachable(made)
    return made


def test_every_address_of_the_portal_is_in_the_matrix_with_the_permission_it_declares():
    declared = {pattern.name: pattern.callback.permission for pattern in urlpatterns}
    assert declared == {name: row[0] for name, row in PORTAL.items()}


def named(patterns, of_library=False):
    """Every address of the server, with its permission, and whether it belongs to the library of the way in."""
    for each in patterns:
        if isinstance(each, URLResolver):
            yield from named(each.url_patterns, of_library or str(each.pattern) == "sign-in/")
        else:
            yield each.name, each.callback.permission, of_library


def test_every_address_of_the_server_is_in_one_of_the_tables():
    found = list(named(get_resolver().url_patterns))
    ours = [(name, permission.value) for name, permission, of_library in found if not of_library]
    assert len(dict(ours)) == len(ours)
    tables = {**POLICY, **PORTAL, **HOOKS}
    declared = {name: str(getattr(row[0], "value", row[0])) for name, row in tables.items()}
    assert dict(ours) == declared | AT_THE_DOOR
    assert {permission for _, permission, of_library in found if of_library} == WAY_IN


def test_a_word_that_no_gateway_signed_changes_nothing_whoever_brings_it(db):
    ours, rows = house("Harbour Skin", "Zyx-Byron")
    home = Home(ours).enter(rows["own"]["patient"])
    before = counts()
    for client in (Client(), home.browser, *(signed_in(ours, role) for role in Role)):
        for slug in (ours.clinic.slug, "nobody"):
            for verb in ("GET", "POST", "PUT", "PATCH", "DELETE"):
                stop = b'{"kind": "answer", "text": "STOP", "from": "202-555-0100"}'
                answer = client.generic(verb, reverse("sms_hook", args=[slug]), stop, "application/json")
                assert answer.status_code == (204 if verb == "POST" else 405)
                assert answer.content == b""
    assert counts() == before


def test_no_role_holds_the_patients_permission():
    assert not any(PATIENT in held for held in ROLES.values())


def test_a_stranger_is_led_to_the_way_in_and_changes_nothing(practice):
    home, before = Home(practice), counts()
    for name, (permission, _verbs) in PORTAL.items():
        for verb in ("GET", "POST", "PUT", "DELETE"):
            answer = home.browser.generic(verb, where(name, practice))
            if permission is PATIENT:
                assert answer.status_code == 302, (name, verb)
                assert answer.url == reverse("portal_sign_in", args=[practice.clinic.slug])
    assert {**counts(), "Knock": 0} == {**before, "Knock": 0}


@pytest.mark.parametrize("role", list(Role))
def test_a_members_cookie_opens_no_page_of_a_patient(practice, role):
    client, before = signed_in(practice, role), counts()
    for name, (permission, _verbs) in PORTAL.items():
        if permission is PATIENT:
            for verb in ("GET", "POST"):
                answer = client.generic(verb, where(name, practice))
                assert answer.status_code == 302, (role, name, verb)
                assert "/sign-in/" in answer.url
    assert counts() == before


def test_a_patients_cookie_opens_no_page_of_the_staff(db):
    ours, rows = house("Harbour Skin", "Zyx-Byron")
    home = Home(ours).enter(rows["own"]["patient"])
    home.browser.cookies["np_portal"]["path"] = "/"
    before = counts()
    for name, (_permission, _verbs, kinds) in POLICY.items():
        for verb in ("GET", "POST", "PUT", "DELETE"):
            answer = home.browser.generic(verb, address(name, kinds, rows["own"]))
            assert answer.status_code == 302, (name, verb)
            assert answer.url.startswith(settings.LOGIN_URL)
            assert b"Zyx-Byron" not in answer.content
    assert counts() == before


def test_a_patient_reaches_all_own_pages_by_their_verbs(practice):
    ada, kept = after_a_session(practice)
    home = Home(practice).enter(ada)
    rows = {"portal_report": kept.public_id, "portal_photo": kept.photo.public_id}
    for name, (permission, verbs) in PORTAL.items():
        if permission is not PATIENT or "GET" not in verbs:
            continue
        answer = home.browser.get(where(name, practice, rows.get(name)))
        # Without a visit in the diary there is no file of it.
        may_miss = "question" in name or name == "portal_calendar"
        assert answer.status_code in ((200, 302, 404) if may_miss else (200, 302)), name
        for verb in ("PUT", "DELETE"):
            assert home.browser.generic(verb, where(name, practice, rows.get(name))).status_code == 405
        if "POST" not in verbs:
            assert home.browser.post(where(name, practice, rows.get(name))).status_code == 405


def test_what_is_somebody_elses_is_not_there(practice):
    _ada, kept = after_a_session(practice)
    eve = practice.patient(given_name="Eve", email="eve@patients.example", phone="555-0177")
    home = Home(practice).enter(eve)
    for name, row in (("portal_report", kept.public_id), ("portal_photo", kept.photo.public_id)):
        theirs = home.browser.get(where(name, practice, row))
        nobodys = home.browser.get(where(name, practice, uuid4()))
        assert theirs.status_code == nobodys.status_code == 404
    assert (
        b"Ada" not in home.get("today/").content + home.get("reports/").content + home.get("photos/").content
    )


def test_a_stay_at_one_clinic_is_none_at_another(practice):
    other = Practice.of_today("Hill Skin")
    reachable(other)
    ada, _kept = after_a_session(practice)
    _bea, theirs = after_a_session(
        other, given_name="Zyx-Byron", email="bea@patients.example", phone="555-0177"
    )
    home = Home(practice).enter(ada)
    assert home.get("today/").status_code == 200
    before = counts()
    rows = {"portal_report": theirs.public_id, "portal_photo": theirs.photo.public_id}
    for name, (permission, _verbs) in PORTAL.items():
        for verb in ("GET", "POST", "PUT", "PATCH", "DELETE") if permission is PATIENT else ():
            there = home.browser.generic(verb, where(name, other, rows.get(name)))
            assert (there.status_code, there.url) == (
                302,
                reverse("portal_sign_in", args=[other.clinic.slug]),
            )
            here = home.browser.generic("GET", where(name, practice, rows.get(name)))
            assert b"Zyx-Byron" not in here.getvalue()
            assert here.status_code == 404 or name not in rows, name
    assert counts() == before


def test_whoever_left_or_died_is_out_at_once(practice):
    ada, _kept = after_a_session(practice)
    home = Home(practice).enter(ada)
    practice.catch_up()
    practice.gone(ada)
    assert home.get("today/").status_code == 302


def test_a_patient_can_do_nothing_that_needs_a_role(practice):
    ada, _kept = after_a_session(practice)
    with pytest.raises(NotAllowed):
        leaving.take_back(practice.as_patient(ada), patient_id=ada.public_id, reason="I am here.")
    assert not set(ROLES[Role.MEDICAL_DIRECTOR]) & practice.visitor(ada).permissions


def test_a_member_cannot_report_as_a_patient(practice):
    _ada, kept = after_a_session(practice)
    with pytest.raises(NotAllowed):
        check_in.report(practice.act(), session_id=kept.session.public_id, told=check_in.Told())


def test_what_a_patient_does_is_in_the_record_under_their_own_name(practice):
    ada, _kept = after_a_session(practice)
    home = Home(practice).enter(ada)
    home.browser.get(where("portal_photo", practice, ada.photos.get().public_id))
    lines = RecordLine.objects.filter(patient=ada, member=None).order_by("number")
    assert [each.act for each in lines] == ["reported", "signed in to portal", "saw own photo"]
    assert all(each.detail["by"] == "patient" for each in lines)


def test_pages_of_the_portal_are_kept_in_no_cache(practice):
    ada, _kept = after_a_session(practice)
    home = Home(practice).enter(ada)
    for page in ("today/", "reports/", "photos/", "screening/"):
        assert home.get(page).headers["Cache-Control"] == "no-store"
    assert Stay.objects.count() == 1
