"""A report from home: four taps, nothing hidden, nothing unanswered taken for a no, and honest about who has looked."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.clinic.portal import PHONE, Home, key_of, now, reachable, timedelta
from tests.clinic.practice import Practice

from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.care.actions import duty, triage
from needlepoint.clinic.models import CheckIn, SignedWords, TriageTask, Visitor
from needlepoint.clinic.portal.queries import portal as query
from needlepoint.course.session import Sign
from needlepoint.evidence.loader import packaged
from needlepoint.evidence.words import languages, words

MUST_BE_ANSWERED = ("fever", "spreading_redness", "vision_change", "breathing_difficulty")
SCORES = {"redness": "1", "swelling": "1", "pain": "1"}
pytestmark = pytest.mark.django_db


@pytest.fixture
def practice():
    return Practice.of_today("Harbour Skin")


@pytest.fixture
def home(practice):
    ada = practice.patient()
    practice.done(practice.opened(practice.consented(practice.planned(practice.course(ada)))))
    reachable(practice)
    found = Home(practice).enter(ada)
    found.patient = ada
    return found


def sent(home, **typed):
    key = key_of(home.get("check-in/"))
    answer = home.post("check-in/", key=key, **(SCORES | typed))
    assert answer.status_code == 302, answer.content.decode()
    return CheckIn.objects.latest("pk"), home.browser.get(answer.url)


def test_the_ordinary_way_is_four_taps(home):
    page, taps, given = home.get("check-in/"), 0, {}
    wanted = {**SCORES, "none": "all"}
    while page.status_code == 200:
        html = page.content.decode()
        name = next(
            each for each in wanted if f'name="{each}" value="{wanted[each]}"' in html and each not in given
        )
        held = dict(re.findall(r'<input type="hidden" name="(redness|swelling|pain)" value="(\w+)"', html))
        given = {**held, name: wanted[name]}
        page, taps = home.post("check-in/", key=key_of(page), **given), taps + 1
    assert taps == 4
    assert CheckIn.objects.get().level == "expected"


def step_of(page):
    """The one question that a browser without the script shows."""
    html = page.content.decode()
    steps = re.findall(r'<fieldset class="step" data-step="(\w+)"[^>]*?( hidden)?(?: disabled)?>', html)
    assert len(steps) == 5
    (shown,) = (name for name, hidden in steps if not hidden)
    return shown


def test_a_browser_without_the_script_is_asked_one_question_after_the_other(home):
    key, given, shown = key_of(home.get("check-in/")), {}, ["redness"]
    for name, tapped in SCORES.items():
        given[name] = tapped
        shown.append(step_of(home.post("check-in/", key=key, **given)))
    shown.append(step_of(home.post("check-in/", key=key, **given, step="more")))
    assert shown == ["redness", "swelling", "pain", "signs", "more"]
    assert not CheckIn.objects.exists()


def test_only_the_question_that_is_shown_can_be_answered_by_the_enter_key(home):
    html = home.get("check-in/").content.decode()
    for name in ("swelling", "pain"):
        assert re.search(rf'data-step="{name}"[^>]* hidden disabled>', html)


def test_going_back_keeps_ticks_words_and_answers(home):
    key = key_of(home.get("check-in/"))
    typed = {**SCORES, "sign": ["fever"], "words": "It itches.", "pain": "7"}
    for back in ("signs", "pain", "redness"):
        page = home.post("check-in/", key=key, **typed, back=back)
        html = page.content.decode()
        assert step_of(page) == back
        assert 'name="sign" value="fever" checked' in html
        assert "It itches.</textarea>" in html
        assert '<input type="hidden" name="pain" value="7">' in html
    assert not CheckIn.objects.exists()


def test_an_answer_that_is_given_anew_counts(home):
    kept, _page = sent(home, none="all", redness=["1", "4"])
    assert kept.answers["redness"] == 4


@pytest.mark.parametrize("score", list(SCORES))
def test_nothing_is_sent_before_every_score_was_asked(home, score):
    given = {name: tapped for name, tapped in SCORES.items() if name != score}
    key = key_of(home.get("check-in/"))
    for tap in ({"none": "all"}, {"step": "send"}):
        assert step_of(home.post("check-in/", key=key, **given, **tap)) == score
    assert not CheckIn.objects.exists()


def test_a_photo_that_cannot_be_read_loses_nothing_else(home):
    key = key_of(home.get("check-in/"))
    photo = SimpleUploadedFile("skin.jpg", b"no picture", content_type="image/jpeg")
    typed = {**SCORES, "none": "all", "step": "send", "words": "Kept words", "photo": photo}
    page = home.post("check-in/", key=key, **typed)
    html = page.content.decode()
    assert step_of(page) == "more"
    assert "Kept words</textarea>" in html
    assert 'name="none" value="all" checked' in html
    assert (
        dict(re.findall(r'<input type="hidden" name="(\w+)" value="(\d+)">', html)).items() >= SCORES.items()
    )


def test_a_page_of_the_past_is_known_as_the_same_patients_and_nobody_elses(practice):
    seen = []
    for name in ("Ada", "Bea"):
        who = practice.patient(given_name=name)
        opened = practice.opened(practice.consented(practice.planned(practice.course(who))))
        practice.done(opened, minutes=1)
        home = Home(practice).enter(who)
        pages = [home.get("check-in/").content.decode() for _ in range(2)]
        seen += [re.search(r'data-whose="(\w+)"', page)[1] for page in pages]
    assert seen[0] == seen[1]
    assert seen[2] == seen[3]
    assert seen[0] != seen[2]


def test_all_signs_stand_on_the_screen_whose_button_says_none_of_these(home):
    html = home.get("check-in/").content.decode().partition('data-step="signs"')[2]
    for sign in Sign:
        assert f'name="sign" value="{sign.value}"' in html
    assert html.index(f'value="{[*Sign][-1].value}"') < html.index('name="none" value="all"')
    assert "<details" not in html.partition('name="none"')[0]


@pytest.mark.parametrize("group", list(words("en").groups))
def test_a_group_that_was_left_open_is_unanswered_and_never_a_no(home, group):
    others = [each for each in words("en").groups if each != group]
    kept, page = sent(home, step="send", none_of=others)
    names = {each.name for each in words("en").signs_of(group)}
    assert set(kept.answers["unanswered"]) == names
    if names & set(MUST_BE_ANSWERED):
        assert kept.level != "expected"
    assert words("en").notices["unanswered"].says in page.content.decode()


def test_a_score_that_nobody_is_sure_of_is_not_a_nought(home):
    kept, _page = sent(home, none="all", redness="unknown")
    assert kept.answers["redness"] is None


def test_a_ticked_sign_stays_though_the_last_button_says_none(home):
    kept, _page = sent(home, none="all", sign=["fever"])
    assert kept.answers["signs"] == ["fever"]
    assert kept.level in ("same_day", "emergency")


def test_free_words_raise_and_never_lower(home):
    quiet, _page = sent(home, none="all")
    told, _page = sent(home, none="all", step="send", words="My eye feels odd.")
    urgent, _page = sent(home, none="all", step="send", words="All is fine!", sign=["fever"])
    order = list(packaged().levels)
    assert order.index(quiet.level) < order.index(told.level) < order.index(urgent.level)


def test_a_report_sent_twice_is_one(home):
    key = key_of(home.get("check-in/"))
    first = home.post("check-in/", key=key, none="all", **SCORES)
    again = home.post("check-in/", key=key, none="all", **SCORES)
    assert first.url == again.url
    assert CheckIn.objects.count() == TriageTask.objects.count() == 1


def test_every_report_has_a_task_and_an_hour(home):
    kept, page = sent(home, none="all")
    assert TriageTask.objects.get(check_in=kept).due_at == kept.looked_at_by
    assert kept.looked_at_by - kept.at == timedelta(hours=168)
    assert PHONE in page.content.decode()


def test_the_answer_is_in_the_words_that_the_clinic_signed(home):
    _kept, page = sent(home, none="all")
    reply = words("en").replies["expected"]
    assert reply.title in page.content.decode()


def test_without_a_signature_there_is_one_neutral_sentence_and_the_number(practice):
    ada = practice.patient()
    practice.done(practice.opened(practice.consented(practice.planned(practice.course(ada)))))
    assert not SignedWords.objects.exists()
    home = Home(practice).enter(ada)
    for sign in ([], ["fever"]):
        kept, page = sent(home, none="all", sign=sign)
        html = page.content.decode()
        for reply in words("en").replies.values():
            assert reply.says.partition("{")[0].strip() not in html, kept.level
        assert words("en").notices["unsigned"].says.partition("{")[0].strip() in html


def test_words_signed_in_another_wording_count_no_more(home, practice):
    SignedWords.objects.create(
        clinic=practice.clinic,
        language="en",
        sha256="0" * 64,
        signed_by=practice.members[Role.MEDICAL_DIRECTOR],
        signed_at=practice.at,
    )
    other = Practice.of_today("Hill Skin")
    assert query.signed(practice.clinic.pk, words("en"))
    assert not query.signed(other.clinic.pk, words("en"))


def test_nobody_having_looked_is_said_by_the_clock_alone(home, practice):
    practice.catch_up()
    keys = [practice.members[each].pk for each in (Role.NURSE, Role.MEDICAL_DIRECTOR)]
    duty.set_duty(practice.act(Role.MEDICAL_DIRECTOR), member_keys=keys)
    kept, _page = sent(home, none="all", sign=["fever"])
    promised = kept.looked_at_by - kept.at
    assert promised <= timedelta(hours=4)
    for late, expected in ((-1, False), (1, True)):
        at = kept.looked_at_by + timedelta(seconds=late)
        assert query.replied(kept, practice.clinic, words("en"), at).call_now is expected
    task = TriageTask.objects.get(check_in=kept)
    triage.acknowledge(practice.act(Role.NURSE), task_id=task.public_id)
    after = query.replied(kept, practice.clinic, words("en"), now() + timedelta(hours=5))
    assert after.seen_at is not None
    assert not after.call_now


def test_a_report_that_is_not_urgent_says_call_when_its_hour_has_passed(home, practice):
    kept, _page = sent(home, none="all")
    before = query.replied(kept, practice.clinic, words("en"), kept.looked_at_by - timedelta(seconds=1))
    after = query.replied(kept, practice.clinic, words("en"), kept.looked_at_by + timedelta(seconds=1))
    assert (before.call_now, after.call_now) == (False, True)


@pytest.mark.parametrize("language", languages())
def test_each_level_is_answered_in_each_language(home, practice, language):
    Visitor.objects.update(language=language)
    kept, page = sent(home, none="all", sign=["breathing_difficulty"])
    html = page.content.decode()
    assert kept.language == language
    assert f'<html lang="{language}" ' in html
    assert words(language).replies["emergency"].says.partition("{")[0].strip() in html
    assert "911" in html


def test_before_a_session_there_is_nothing_to_report_on(practice):
    ada = practice.patient()
    home = Home(practice).enter(ada)
    assert home.get("check-in/").status_code == 200
    assert home.post("check-in/", none="all", **SCORES).status_code == 200
    assert not CheckIn.objects.exists()


def test_today_counts_from_the_end_of_the_session_by_the_cores_clock(home, practice):
    session = query.last_session(practice.visitor(home.patient))
    for hours, allowed in ((23, set()), (25, {"make_up", "sunscreen", "strenuous_exercise", "swimming"})):
        shown = query.today(
            session, practice.visitor(home.patient), session.finished_at + timedelta(hours=hours)
        )
        assert {each.line.id for each in shown.countdowns if each.allowed} == allowed
        assert {each.line.id for each in shown.countdowns} == set(query.COUNTED)
