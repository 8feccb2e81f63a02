"""An advice for a person at the chair: the verdict first, then all that it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from rich.console import RenderableType
from rich.text import Text

from needlepoint.advice.document import Advice, DisagreementLine, LawLine
from needlepoint.cli.views import clocks, plan
from needlepoint.cli.views.dose import doses
from needlepoint.cli.views.terminal import badge, bullet, dim, grid, heading, indented
from needlepoint.cli.words import clock, day, listed, spoken
from needlepoint.course.instants import time_zone
from needlepoint.course.session import Sign
from needlepoint.evidence.knowledge import Knowledge
from needlepoint.exchange import case_shapes
from needlepoint.exchange.case_answers import keys_of
from needlepoint.rules.verdicts import Verdict

MEANINGS = {
    "stop": "Do not needle.",
    "refer": "A prescriber decides, and the decision is recorded.",
    "wait": "Not yet.",
    "change": "Go on, but otherwise.",
    "note": "Something to know; nothing changes.",
    "none": "No rule spoke. That is what the rulebook knows, and no more.",
}
DECIDES = "Decision support, not a medical device. It names rules and sources; a clinician decides."
MAY_OVERRIDE = {
    "nobody": "nobody may set it aside",
    "prescriber": "a prescriber may decide otherwise",
    "operator": "the operator may decide otherwise",
    "you": "you may decide otherwise, as a prescriber, with the reason on record",
}
YOU_DECIDE = "You decide, as a prescriber, and the decision is recorded."


def lines(advice: Advice, knowledge: Knowledge, whole: bool = False) -> Iterator[RenderableType]:
    """Yield the advice part by part; `whole` adds what is past, and what lies behind the rulebook's choices."""
    yield from summary(advice, knowledge)
    yield from clocks.preparation(advice)
    yield from clocks.aftercare(advice, whole)
    if advice.dose:
        yield heading("What the needles did")
        yield from doses(advice.dose)
    yield from clocks.milestones(advice)
    yield from clocks.after_course(advice)
    yield from _foreseen(advice)
    yield from _beside(advice, whole)
    yield from _disagreements(advice.disagreements, whole)
    yield from _citations(advice, whole)


def summary(advice: Advice, knowledge: Knowledge) -> Iterator[RenderableType]:
    """Yield what is decided: the verdict, its reasons, what is not known, the check-in and the plan."""
    yield from verdict(advice)
    yield from standing(advice)
    yield from reasons(advice)
    yield from unanswered(advice, knowledge)
    yield from check_in(advice)
    yield from plan.lines(advice.plan)


def verdict(advice: Advice) -> Iterator[RenderableType]:
    """Yield the verdict, and from when on it may be another."""
    means = YOU_DECIDE if _refers_to_you(advice) else MEANINGS[advice.verdict]
    yield badge(advice.verdict).append(f"  {means}", style="bold")
    if advice.earliest_on:
        yield Text(f"Not before {day(advice.earliest_on)}.", style="bold")


def _refers_to_you(advice: Advice) -> bool:
    """Say whether all that is referred is referred to whoever holds the device."""
    leading = [each for each in advice.verdicts if each.verdict == advice.verdict]
    return advice.verdict == "refer" and all(each.settled_by == "you" for each in leading)


def standing(advice: Advice) -> Iterator[RenderableType]:
    """Yield what kind of word this is, and for which moment it stands."""
    now = advice.at.astimezone(time_zone(advice.time_zone))
    yield Text(DECIDES)
    yield dim(f"For {day(now.date())}, {now:%H:%M} {advice.time_zone}; rulebook {advice.rulebook.version}")


def reasons(advice: Advice) -> Iterator[RenderableType]:
    """Yield every verdict with its reason, the strictest first."""
    for kind, group in groupby(advice.verdicts, key=lambda each: each.verdict):
        yield heading(
            kind.capitalize() if kind == advice.verdict else f"{kind.capitalize()}: {MEANINGS[kind]}"
        )
        yield from (_reason(each) for each in group)


def _reason(verdict: Verdict) -> RenderableType:
    title = Text().append(verdict.rule, style="bold")
    if verdict.zones:
        title.append(f"  {listed(verdict.zones)}")
    if verdict.until:
        title.append(f"  until {day(verdict.until)}", style="bold")
    who = MAY_OVERRIDE[verdict.settled_by or verdict.overridable_by]
    footing = dim(f"{who}; {verdict.basis}: {', '.join(verdict.sources)}")
    return indented(title, indented(Text(verdict.reason), footing))


def unanswered(advice: Advice, knowledge: Knowledge) -> Iterator[RenderableType]:
    """Yield the questions that are still open, as they are asked."""
    if not advice.unanswered:
        return
    yield heading("Not answered, and it would have mattered")
    yield indented(grid(*((name, Text(_asked(name, knowledge))) for name in advice.unanswered)))


def _asked(name: str, knowledge: Knowledge) -> str:
    """Return how a key of the case file is asked for: as a question of the screening, or by its meaning."""
    if name in knowledge.questions:
        return knowledge.questions[name].asks
    if any(name in keys_of(question) for question in knowledge.questions.values()):
        return "On which day, the last time?"
    if name in {sign.value for sign in Sign}:
        return "Was this sign there? The check-in left it open."
    meanings = (case_shapes.keys_of(table).get(name) for table in case_shapes.TABLES)
    return next((f"{meta.description}" for meta in meanings if meta), "")


def check_in(advice: Advice) -> Iterator[RenderableType]:
    """Yield how soon a person must look at what the patient told, and why."""
    told = advice.check_in
    if told is None:
        return
    zone = time_zone(advice.time_zone)
    yield heading(f"Check-in of {clock(told.at, advice.at, zone)}")
    level = badge(told.level)
    if told.answer_by_at:
        level.append(f"  answer by {clock(told.answer_by_at, advice.at, zone)}", style="bold")
    yield indented(level, Text(told.says))
    for each in told.reasons:
        yield bullet(Text(each.says).append(f"  {each.basis}: {', '.join(each.sources)}", style="dim"))


def _foreseen(advice: Advice) -> Iterator[RenderableType]:
    if advice.forecast is not None:
        from needlepoint.cli.forecast import told

        yield heading("What the skin will probably do")
        yield from (bullet(Text(line)) for line in told(advice.forecast))


def _beside(advice: Advice, whole: bool) -> Iterator[RenderableType]:
    if advice.home_use:
        yield heading("Needling at home")
        yield from (bullet(clocks.sourced(line.says, line.sources)) for line in advice.home_use)
    if advice.laws:
        yield heading("What is on file of the law here")
        yield from (bullet(clocks.sourced(_dated(line), line.sources)) for line in advice.laws)
    if advice.pairing and whole:
        yield heading("Beside other procedures")
        for line in advice.pairing:
            yield indented(
                Text(line.partner, style="bold"), indented(clocks.sourced(line.says, line.sources))
            )


def _dated(line: LawLine) -> str:
    return f"{line.says} ({line.says_on})" if line.says_on else line.says


def _disagreements(disagreed: Iterable[DisagreementLine], whole: bool) -> Iterator[RenderableType]:
    for place, line in enumerate(disagreed):
        if place == 0:
            yield heading("Where the sources disagree, and what is done here")
        yield indented(Text(line.topic, style="bold"))
        if whole:
            yield indented(grid(*((dim(each.source), Text(each.says)) for each in line.positions)), by=4)
        yield indented(Text(line.does), by=4)
        if whole:
            yield indented(dim(line.why), by=4)


def _citations(advice: Advice, whole: bool) -> Iterator[RenderableType]:
    yield heading("Sources")
    for each in advice.citations:
        told = Text().append(each.id, style="bold").append(f"  {each.title}")
        if each.year:
            told.append(f" ({each.year})")
        if whole:
            told.append(f"  {spoken(each.kind)}, read as {each.read}: {each.where}", style="dim")
        yield indented(told)
