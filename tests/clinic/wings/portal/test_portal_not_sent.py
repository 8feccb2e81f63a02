"""A report is never lost: it may be sent after a pause, is kept until it is, and where it was not sent that is said."""

from datetime import timedelta

import pytest
from django.urls import reverse
from tests.clinic.portal import PHONE, Home, key_of, now, reachable
from tests.clinic.practice import Practice

from needlepoint.clinic.care.actions import draft
from needlepoint.clinic.models import CheckIn, Clinic, ReportDraft, Stay
from needlepoint.evidence.words import languages, words

SCORES = {"redness": "1", "swelling": "0", "pain": "0"}
BY_SCRIPT = {"X-Needlepoint-Script": "yes"}
NOT_SENT = {"en": "Your report was NOT sent", "es": "Su informe NO se envió"}
pytestmark = pytest.mark.django_db


@pytest.fixture
def home():
    practice = Practice.of_today("Harbour Skin")
    ada = practice.patient()
    practice.done(practice.opened(practice.consented(practice.planned(practice.course(ada)))))
    reachable(practice)
    found = Home(practice).enter(ada)
    found.patient = ada
    return found


def away(minutes):
    """Nothing was heard of the visitor for so long."""
    Stay.objects.update(seen_at=now() - timedelta(minutes=minutes))


def report(home, key, **headers):
    typed = {**SCORES, "sign": ["fever"], "none": "all", "key": key}
    return home.browser.post(home.root + "check-in/", typed, headers=headers)


@pytest.mark.parametrize("minutes", [16, 61, 170])
def test_a_report_that_was_begun_is_taken_after_a_pause_and_answered(home, minutes):
    key = key_of(home.get("check-in/"))
    away(minutes)
    answer = report(home, key)
    assert answer.status_code == 302
    assert words("en").replies["emergency"].says in home.browser.get(answer.url).content.decode()
    assert CheckIn.objects.get().level == "emergency"


@pytest.mark.parametrize("minutes", [16, 61])
def test_a_pause_opens_nothing_but_the_report(home, minutes):
    key = key_of(home.get("check-in/"))
    away(minutes)
    assert report(home, key).status_code == 302
    for where in ("today/", "photos/", "reports/", "screening/"):
        assert home.get(where).status_code == 302, where


@pytest.mark.parametrize("language", languages())
def test_what_comes_too_late_is_told_in_large_letters_that_it_was_not_sent(home, language):
    key = key_of(home.get("check-in/"))
    home.post("language/", language=language)
    away(200)
    answer = report(home, key)
    html = answer.content.decode()
    assert answer.status_code == 401
    assert f"<h1>{NOT_SENT[language]}</h1>" in html
    assert PHONE in html
    assert 'href="tel:911"' in html
    assert not CheckIn.objects.exists()


def test_signing_out_ends_it_at_once(home):
    key = key_of(home.get("check-in/"))
    Stay.objects.update(ended_at=now())
    assert report(home, key).status_code == 401
    assert not CheckIn.objects.exists()


def test_the_script_is_told_where_the_answer_stands_and_once_more_the_same(home):
    key = key_of(home.get("check-in/"))
    first = report(home, key, **BY_SCRIPT)
    again = report(home, key, **BY_SCRIPT)
    assert first.status_code == again.status_code == 204
    kept = CheckIn.objects.get()
    where = reverse("portal_report", args=[home.practice.clinic.slug, kept.public_id])
    assert first.headers["X-Next"] == again.headers["X-Next"] == where


def test_the_script_is_told_when_nobody_is_signed_in(home):
    key = key_of(home.get("check-in/"))
    away(200)
    assert report(home, key, **BY_SCRIPT).status_code == 401


def kept_draft(home, **typed):
    return home.post("check-in/draft/", **typed)


def card_of(home):
    """The beginning of the card on the first page that says that something was not sent."""
    html = home.get("today/").content.decode()
    assert NOT_SENT["en"] in html
    return html.partition("data-draft")[2].partition(">")[0]


def test_what_was_begun_is_shown_on_any_device_until_it_is_sent(home):
    key = key_of(home.get("check-in/"))
    typed = {"redness": "3", "swelling": "1", "sign": ["pus", "itch"], "words": "Since <noon>.", "key": key}
    assert kept_draft(home, **typed).status_code == 204
    assert "hidden" not in card_of(home)
    elsewhere = Home(home.practice).enter(home.patient)
    html = elsewhere.get("check-in/").content.decode()
    assert '<input type="hidden" name="redness" value="3">' in html
    assert 'value="pus" checked' in html
    assert "Since &lt;noon&gt;.</textarea>" in html
    assert f'name="key" value="{key}"' in html
    sent = elsewhere.post("check-in/", **typed, pain="2", step="send")
    assert sent.status_code == 302
    assert ReportDraft.objects.get().typed == {}
    assert "hidden" in card_of(elsewhere)
    assert 'value="pus" checked' not in elsewhere.get("check-in/").content.decode()


def test_what_was_on_its_way_more_slowly_than_the_report_is_no_draft(home):
    key = key_of(home.get("check-in/"))
    assert "X-Sent" not in kept_draft(home, redness="1", key=key).headers
    assert report(home, key).status_code == 302
    late = kept_draft(home, redness="1", key=key)
    assert (late.status_code, late.headers.get("X-Sent")) == (204, "yes")
    assert "hidden" in card_of(home)


def test_the_card_that_says_so_is_hidden_while_nothing_was_begun(home):
    assert "hidden" in card_of(home)


def test_a_draft_is_nobodys_but_the_patients_and_holds_nothing_else(home):
    kept_draft(home, redness="1", csrfmiddlewaretoken="secret", photo="x", anything="y", words="w\x00" * 3000)
    (row,) = ReportDraft.objects.all()
    assert set(row.typed) == {"redness", "words"}
    assert len(row.typed["words"][0]) <= 2000
    eve = home.practice.patient(given_name="Eve", email="eve@patients.example", phone="555-0177")
    done = home.practice.planned(home.practice.course(eve))
    home.practice.done(home.practice.opened(home.practice.consented(done)), minutes=1)
    theirs = Home(home.practice).enter(eve).get("check-in/").content.decode()
    assert 'name="redness" value="1">' not in theirs


def test_after_a_day_it_was_another_days_skin(home):
    kept_draft(home, redness="3")
    ReportDraft.objects.update(saved_at=now() - timedelta(hours=25))
    assert 'name="redness" value="3">' not in home.get("check-in/").content.decode()
    assert draft.forget_drafts(now()) == 1
    assert ReportDraft.objects.get().typed == {}
    assert draft.forget_drafts(now()) == 0


def test_a_draft_of_nobody_is_not_taken(home):
    Stay.objects.update(ended_at=now())
    assert kept_draft(home, key="x", redness="1").status_code == 401
    assert kept_draft(home, redness="1").status_code == 302
    assert not ReportDraft.objects.exists()


# -- before any sign-in


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("where", ["emergency/", "sign-in/", ""])
def test_whether_it_is_an_emergency_is_asked_before_any_sign_in(home, language, where):
    stranger = Home(home.practice, language)
    html = stranger.get(where).content.decode()
    assert {"en": "Is it an emergency?", "es": "¿Es una emergencia?"}[language] in html
    if where != "":
        assert 'href="tel:911"' in html
    if where == "emergency/":
        for sign in words(language).calls["now"].signs:
            assert words(language).signs[sign].label in html


def test_it_says_what_to_do_until_help_is_there_and_keeps_nothing(home):
    before = {model: model.objects.count() for model in (CheckIn, ReportDraft, Stay)}
    html = Home(home.practice).get("emergency/?said=yes").content.decode()
    for aid in ("allergy", "eye", "bleeding", "blood_contact"):
        assert words("en").aids[aid].says in html
    assert before == {model: model.objects.count() for model in before}


def test_where_no_number_is_known_it_says_so_and_gives_those_that_mobiles_know(home):
    Clinic.objects.update(emergency_number="", country="")
    html = Home(home.practice).get("emergency/").content.decode()
    assert "the country you are in" in html
    assert 'href="tel:112"' in html
    assert 'href="tel:911"' in html
