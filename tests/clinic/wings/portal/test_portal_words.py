"""The portal speaks each of its languages whole, and the clinic does not start where a text is missing."""

import gettext
import re
from types import SimpleNamespace

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext as gettext_of_django
from tests.clinic.portal import Home, reachable
from tests.clinic.practice import Practice
from tools.translations import LOCALE, catalogue, compiled

from needlepoint.clinic.portal.views import portal as views
from needlepoint.clinic.practice.actions.consent_texts import PHOTOS, SESSION, readings
from needlepoint.clinic.server import checks
from needlepoint.clinic.templatetags.parts import PARTS
from needlepoint.evidence.errors import EvidenceError
from needlepoint.evidence.loader import packaged
from needlepoint.evidence.words import languages, words

SAID_OF_FAULTS = "The program made a mistake, and nothing was saved. Try once more, or call us."
SPOKEN = [each for each in languages() if each != "en"]


@pytest.mark.parametrize("language", SPOKEN)
def test_what_django_reads_is_what_people_wrote(language):
    source = LOCALE / language / "LC_MESSAGES/django.po"
    written = source.with_suffix(".mo").read_bytes()
    assert written == compiled(catalogue(source.read_text("utf-8")))
    with source.with_suffix(".mo").open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("Sign out") != "Sign out"


def test_every_language_with_words_has_its_buttons():
    assert checks.patients_have_words() == []
    assert set(languages()) <= {code for code, _name in django_settings.LANGUAGES}


def test_a_missing_text_keeps_the_clinic_from_starting(monkeypatch):
    def missing():
        raise EvidenceError("words/es: no text for same_day")

    monkeypatch.setattr(checks, "languages", missing)
    assert [error.id for error in checks.patients_have_words()] == ["clinic.E005"]


def test_a_language_without_buttons_keeps_the_clinic_from_starting(settings):
    settings.LANGUAGES = [("en", "English")]
    assert {error.id for error in checks.patients_have_words()} == {"clinic.E006"}


@pytest.mark.django_db
def test_the_portal_speaks_the_language_of_the_browser_until_another_is_chosen():
    practice = Practice.found("Harbour Skin")
    home = Home(practice, "es-MX,es;q=0.9")
    page = home.get().content.decode()
    assert '<html lang="es" ' in page
    assert words("es").pages["how_it_works"].title in page
    answer = home.post("language/", language="en", after=f"{home.root}sign-in/")
    assert answer.url == f"{home.root}sign-in/"
    assert '<html lang="en" ' in home.get("sign-in/").content.decode()
    for elsewhere in ("https://evil.example/", "//evil.example/", f"{home.root}//evil.example", "/day/"):
        assert home.post("language/", language="es", after=elsewhere).url == home.root
    assert home.post("language/", language="xx").status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("language", languages())
def test_the_pages_to_read_are_open_to_anyone_and_name_their_sources(language):
    home = Home(Practice.found("Harbour Skin"), language)
    for name, page in words(language).pages.items():
        html = home.get(f"read/{name}/").content.decode()
        cited = {source for each in page.statements for source in each.sources}
        ids = [each for each in cited if packaged().sources[each].read != "own"]
        assert all(f'id="source-{number}"' in html for number in range(1, len(ids) + 1))
        assert "{" not in re.sub(r"<[^>]+>", "", html)
    assert home.get("read/nothing/").status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("language", languages())
def test_a_page_that_fails_says_one_plain_line(language, monkeypatch):
    home = Home(Practice.found("Harbour Skin"), language)
    home.browser.raise_request_exception = False

    def fails(*_asked):
        raise ZeroDivisionError

    monkeypatch.setattr(views, "shown", fails)
    answer = home.get("emergency/")
    assert answer.status_code == 500
    with translation.override(language):
        assert gettext_of_django(SAID_OF_FAULTS) in answer.content.decode()
    assert "ZeroDivision" not in answer.content.decode()


@pytest.mark.django_db
def test_where_no_clinic_is_each_language_says_that_nothing_is_here():
    answer = Client().get("/portal/nobody/")
    assert answer.status_code == 404
    for language in languages():
        with translation.override(language):
            words = gettext_of_django("Look at the address in your message once more.")
        assert words in answer.content.decode()


@pytest.mark.django_db
def test_the_staffs_pages_stay_in_english():
    page = Client(headers={"accept-language": "es"}).get("/sign-in/login/")
    assert '<html lang="en" dir="ltr">' in page.content.decode()


@pytest.mark.parametrize("language", languages())
def test_the_places_in_a_picture_are_written_with_a_point_in_every_language(language):
    band = SimpleNamespace(
        day=[0.5, 8.5], p05=[0.1, 0.1], p25=[0.5, 0.2], p50=[1.0, 0.3], p75=[2.0, 0.4], p95=[3.0, 1.0]
    )
    told = [SimpleNamespace(day=1.25, redness=2, of_this=True)]
    curve = SimpleNamespace(band=band, told=told, lines=[], session=1, today=1.5)
    with translation.override(language):
        drawn = PARTS.get_template("portal/parts/curve.jinja").module.drawn(curve, "")
    assert re.search(r' c?[xy]\d?="\d+\.\d', drawn)
    assert not re.search(r' c?[xy]\d?="\d+,', drawn)


@pytest.mark.django_db
@pytest.mark.parametrize("language", languages())
def test_our_own_judgement_is_said_once_and_is_no_document(language):
    practice = Practice.found("Harbour Skin")
    home = Home(practice, language)
    said = words(language).phrases["our_own_judgement"].says
    own = [each for each in packaged().sources.values() if each.read == "own"]
    for key, page in words(language).pages.items():
        html = home.get(f"read/{key}/").content.decode()
        judged = any(each.id in statement.sources for statement in page.statements for each in own)
        assert html.count(said) == judged, key
        assert [each.title for each in own if each.title in html] == []


@pytest.mark.django_db
def test_the_names_of_documents_are_told_in_the_patients_language():
    practice = Practice.found("Harbour Skin")
    html = Home(practice, "es-MX,es;q=0.9").get("read/what_happens/").content.decode()
    assert "Harris: revisión de 18 estudios de microneedling" in html
    assert packaged().sources["harris-2015"].title not in html


@pytest.mark.django_db
def test_the_consent_is_read_in_the_patients_language_beside_what_is_signed():
    practice = Practice.found("Harbour Skin")
    reachable(practice)
    ada = practice.patient()
    html = Home(practice, "es").enter(ada, "es").get("consent/").content.decode()
    assert "Me explicaron las zonas, el aparato y las profundidades de hoy" in html
    assert "I may take this consent back" in " ".join(html.split())


def test_of_a_text_of_the_clinics_own_no_reading_is_made_up():
    assert readings(f"{SESSION} And one more risk.") == {}
    assert set(readings(SESSION)) == set(readings(PHOTOS)) == set(SPOKEN)
