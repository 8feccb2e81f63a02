"""What a report is answered with: the level's words, every rule's own, which answers led to it, and first aid."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from needlepoint.clinic.care.queries.free_words import at_least
from needlepoint.clinic.models import CheckIn
from needlepoint.evidence.loader import packaged
from needlepoint.evidence.word_shapes import AidWords, OwnReply, Words

# From here on a sign calls for first aid.
AID_FROM = "same_day"
# What is as it should be asks nobody for anything.
CALM = "expected"
# Skin on which redness is hard to see is asked and told about warmth and darkness.
DARKER = ("V", "VI")
_PLACES = {"near_eye": "near_eye", "on_face": "face", "on_neck": "neck"}


@dataclass(frozen=True, slots=True)
class Answer:
    """The words of an answer, in the order in which they are read; `because` names the answers that led to it.

    `calm` are the own words of rules that nothing is to be done for: beside something urgent they are read last.
    """

    title: str
    says: str
    own: tuple[str, ...]
    calm: tuple[str, ...]
    because: tuple[str, ...]
    aids: tuple[AidWords, ...]


def answer_of(check_in: CheckIn, spoken: Words) -> Answer:
    """Return what a report is answered with, in signed words."""
    title, says = _heading(check_in, spoken)
    own = tuple(_own(check_in, spoken))
    return Answer(
        title=title,
        says=says,
        own=tuple(dict.fromkeys(each.says for each in own if not _is_calm(each.rule))),
        calm=tuple(dict.fromkeys(each.says for each in own if _is_calm(each.rule))),
        because=tuple(dict.fromkeys(_because(check_in, spoken))),
        aids=tuple(_aids(check_in, spoken)),
    )


def _heading(check_in: CheckIn, spoken: Words) -> tuple[str, str]:
    """Return the title and the first words: of the level, of a rule that stands in its place, or of words unread."""
    if _is_unread(check_in.document, check_in.level):
        return spoken.notices["unread_title"].says, spoken.notices["unread"].says
    titles = [_own_reply(each, spoken).title for each in _leading(check_in)]
    if titles and (all(titles) or (check_in.level == CALM and any(titles))):
        return next(each for each in titles if each), ""
    reply = spoken.replies[check_in.level]
    return reply.title, reply.says


def _is_unread(document: Mapping[str, Any], level: str) -> bool:
    """Say whether it is free words alone that ask for a person: of them nothing is said before somebody read them."""
    judged = document.get("judged", level)
    return bool(document.get("words")) and level != judged and not document.get("alarms")


_NO_WORDS = OwnReply(rule="none", says="none")


def _own_reply(reason: Mapping[str, Any], spoken: Words) -> OwnReply:
    return spoken.own_replies.get(reason["rule"], _NO_WORDS)


def _reasons(check_in: CheckIn) -> list[Mapping[str, Any]]:
    """Return the rules that hold for certain; a report that was kept before this was told apart has all of them."""
    return [each for each in check_in.document.get("reasons", []) if each.get("certain", True)]


def _leading(check_in: CheckIn) -> list[Mapping[str, Any]]:
    """Return the rules that give the report its level; none where its words do."""
    if check_in.document.get("judged", check_in.level) != check_in.level:
        return []
    return [each for each in check_in.document.get("reasons", []) if each.get("leads")]


def _own(check_in: CheckIn, spoken: Words) -> Iterator[OwnReply]:
    for reason in _reasons(check_in):
        if reason["rule"] in spoken.own_replies:
            yield spoken.own_replies[reason["rule"]]


def _is_calm(rule: str) -> bool:
    return packaged().triage[rule].level == CALM


def _because(check_in: CheckIn, spoken: Words) -> Iterator[str]:
    if check_in.level == CALM:
        return
    told = {name for each in _leading(check_in) for name in each.get("because", [])}
    yield from (sign.label for name, sign in spoken.signs.items() if f"sign.{name}" in told)
    titles = {"redness": _("Redness"), "swelling": _("Swelling"), "pain": _("Pain")}
    for score, title in titles.items():
        if score in told:
            yield f"{title}: {step_said(spoken, score, check_in)}"
    yield from (spoken.places[place].label for name, place in _PLACES.items() if name in told)
    known = packaged().alarm_words
    alarms = [each for each in check_in.document.get("alarms", []) if each in spoken.alarms]
    yield from (spoken.alarms[each].label for each in alarms if known[each].level == check_in.level)


def step_said(spoken: Words, score: str, check_in: CheckIn) -> str:
    """Return the step of a score that was tapped, in the words in which it was asked."""
    step = spoken.steps[f"{score}.{check_in.answers[score]}"]
    return step.darker if check_in.answers.get("darker") and step.darker else step.says


def _aids(check_in: CheckIn, spoken: Words) -> Iterator[AidWords]:
    rules = {each["rule"] for each in _reasons(check_in) if _is_urgent(each["rule"])}
    alarms = {*check_in.document.get("alarms", [])}
    for aid in packaged().first_aid.values():
        if rules & {*aid.rules} or alarms & {*aid.words}:
            yield spoken.aids[aid.id]


def _is_urgent(rule: str) -> bool:
    row = packaged().triage.get(rule)
    return row is not None and at_least(row.level, AID_FROM)
