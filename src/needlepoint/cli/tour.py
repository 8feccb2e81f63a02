"""A published course on an invented patient: the protocol of SkinPen's pivotal trial, step by step."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import msgspec
from rich.console import RenderableType
from rich.text import Text

from needlepoint.advice import Advice, advise
from needlepoint.cli.views import advice as advice_view
from needlepoint.cli.views import clocks, plan, terminal
from needlepoint.cli.views.dose import doses
from needlepoint.cli.views.dose_picture import draw
from needlepoint.cli.words import day, listed
from needlepoint.course.answers import (
    Answer,
    Answers,
    Chosen,
    Happened,
    Medicine,
    Presence,
    Procedure,
    Use,
    YesNo,
)
from needlepoint.course.case import Case, Clinic
from needlepoint.course.errors import InputError
from needlepoint.course.goals import Concern, Goal, OperatorRole, Patient, Sex, SkinType
from needlepoint.course.quantities import Depth
from needlepoint.course.session import Cartridge, CheckIn, Pass, Session, Sign, Topical, TopicalKind
from needlepoint.course.zones import Zone
from needlepoint.evidence.knowledge import Knowledge
from needlepoint.evidence.questions import Question
from needlepoint.evidence.schema import Protocol
from needlepoint.exchange.advice_document import document
from needlepoint.exchange.case_file import write

PROTOCOL = "skinpen-pivotal"
NEXT_MORNING = timedelta(hours=19)
RED_FLAG = timedelta(hours=50)
RED_FLAGS = frozenset({Sign.SPREADING_REDNESS, Sign.FEVER})
FIRST = datetime(2026, 2, 2, 19, 0, tzinfo=UTC)
ZONES = (Zone.CHEEK_LEFT, Zone.CHEEK_RIGHT)


@dataclass(frozen=True, slots=True)
class Step:
    """A moment of the course: what is asked, the case as it stands, and which parts of the answer matter now."""

    name: str
    says: str
    case: Case
    at: datetime
    parts: tuple[str, ...] = field(default=())


def play(folder: Path | None, knowledge: Knowledge) -> None:
    """Print the course step by step, and leave its case files, advice documents and a picture in the folder."""
    place = _folder(folder)
    protocol = knowledge.protocols[PROTOCOL]
    steps = tuple(course(protocol, knowledge))
    terminal.show(_opening(protocol))
    for number, step in enumerate(steps, start=1):
        advice = advise(step.case, step.at, knowledge)
        _keep(place, number, step, advice)
        terminal.show(_told(number, step, advice))
    draw(steps[-1].case, None, place / "dose.svg", knowledge)
    terminal.show(_closing(place, steps))


def course(protocol: Protocol, knowledge: Knowledge) -> Iterator[Step]:
    """Yield the moments of the course: screening, each session, the evening and the day after, the look back."""
    starts = [
        FIRST + timedelta(days=(protocol.interval_days or 0) * n) for n in range(protocol.sessions or 0)
    ]
    new = _new_case(protocol)
    ready = replace(new, answers=_all_clear(knowledge.questions))
    yield Step(
        "screening",
        "Nobody has asked her anything yet.",
        new,
        starts[0] - timedelta(days=14),
        ("unanswered",),
    )
    yield Step(
        "first-session", "All is answered, and nothing was found.", ready, starts[0], ("reasons", "plan")
    )
    sessions: list[Session] = []
    for number, start in enumerate(starts):
        sessions.append(_session(protocol, number, start))
        case = replace(ready, sessions=tuple(sessions), check_ins=_check_ins(sessions))
        yield from _around(case, number, starts)
        sessions[-1] = replace(sessions[-1], healed=YesNo.YES)
    last = replace(case, sessions=tuple(sessions))
    yield Step(
        "look-back",
        "A month after the last session.",
        last,
        starts[-1] + timedelta(days=30),
        ("milestones",),
    )


def _around(case: Case, number: int, starts: list[datetime]) -> Iterator[Step]:
    """Yield the moments around a session that was just done."""
    start, name = starts[number], f"session-{number + 1}"
    if number == 0:
        yield Step(
            f"{name}-done", "The session is over.", case, start + timedelta(hours=1), ("dose", "aftercare")
        )
        yield Step(
            f"{name}-check-in", "She writes the next morning.", case, start + NEXT_MORNING, ("check_in",)
        )
        red = replace(
            case, check_ins=(CheckIn(start + RED_FLAG, redness=3, swelling=2, pain=6, signs=RED_FLAGS),)
        )
        instead = "Had she written of fever and spreading redness instead:"
        yield Step(f"{name}-red-flags", instead, red, start + RED_FLAG, ("check_in",))
        early = start + timedelta(days=20)
        yield Step("too-early", "She would like the next session now.", _healed(case), early, ("reasons",))
    if number + 1 < len(starts):
        says = f"{(starts[number + 1] - start).days} days later, healed, nothing new."
        yield Step(f"before-session-{number + 2}", says, _healed(case), starts[number + 1], ("reasons",))


def _healed(case: Case) -> Case:
    return replace(case, sessions=tuple(replace(each, healed=YesNo.YES) for each in case.sessions))


def _new_case(protocol: Protocol) -> Case:
    return Case(
        patient=Patient(date(1982, 6, 1), SkinType.III, Sex.FEMALE),
        goal=Goal(Concern(protocol.concern), ZONES),
        device=protocol.device,
        clinic=Clinic.at("America/New_York", OperatorRole.NURSE_PRACTITIONER),
    )


def _all_clear(questions: Mapping[str, Question]) -> Answers:
    """Return the answer to every question that stands in nobody's way."""
    clear: dict[str, Answer] = {
        "yes_no": YesNo.NO,
        "medicine": Medicine(Use.NEVER),
        "procedure": Procedure(Happened.NEVER),
        "presence": Presence.NO,
        "months": Decimal(60),
    }
    plain: dict[str, Answer] = {
        name: clear[each.kind] for name, each in questions.items() if each.kind in clear
    }
    own = {name: Chosen(each.harmless) for name, each in questions.items() if each.kind == "choice"}
    return Answers(plain | own)


def _session(protocol: Protocol, number: int, start: datetime) -> Session:
    """Return a session as it was done: a step deeper each time, up to the protocol's depth."""
    deepest = Decimal(str(protocol.depth_mm.value))
    depth = Depth(max(deepest - Decimal("0.25") * ((protocol.sessions or 0) - 1 - number), Decimal("0.25")))
    cream = Topical(
        kind=TopicalKind.ANAESTHETIC,
        name="lidocaine",
        strength_percent=Decimal(4),
        grams=Decimal(20),
        area_cm2=Decimal(300),
        on_minutes=Decimal(30),
        occluded=YesNo.NO,
        compounded=YesNo.NO,
    )
    return Session(
        started_at=start,
        device=protocol.device,
        ended_at=start + timedelta(minutes=40),
        cartridge=Cartridge("00860000000001", f"A123{number}", date(2027, 1, 31), f"S000{number}"),
        topicals=(cream, Topical(TopicalKind.GLIDE, "hydrogel")),
        passes=tuple(Pass(zone, depth, 2, rate_hz=Decimal(117), speed_mm_s=Decimal(20)) for zone in ZONES),
    )


def _check_ins(sessions: list[Session]) -> tuple[CheckIn, ...]:
    flaking = frozenset({Sign.FINE_FLAKING})
    return tuple(
        CheckIn(each.started_at + timedelta(hours=19), redness=2, swelling=1, pain=2, signs=flaking)
        for each in sessions
    )


def _folder(folder: Path | None) -> Path:
    if folder is None:
        return Path(tempfile.mkdtemp(prefix="needlepoint-tour-"))
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            "--to", f"{folder} cannot be made ({error.strerror})", "a folder to write into"
        ) from None
    return folder


def _keep(place: Path, number: int, step: Step, advice: Advice) -> None:
    name = f"{number:02}-{step.name}"
    terminal.save(place / f"{name}.case.toml", write(step.case).encode())
    plain = msgspec.json.format(msgspec.json.encode(document(advice)), indent=1)
    terminal.save(place / f"{name}.advice.json", plain)


def _opening(protocol: Protocol) -> Iterator[RenderableType]:
    yield Text(protocol.title, style="bold")
    yield Text(
        f"{protocol.sessions} sessions {protocol.interval_days} days apart, up to {protocol.depth_mm.value:g} mm. "
        f"{protocol.passes} The patient here is invented: a woman of 43, skin type III, scars on both cheeks."
    )
    yield terminal.dim(", ".join(protocol.sources))
    yield Text(advice_view.DECIDES)


def _told(number: int, step: Step, advice: Advice) -> Iterator[RenderableType]:
    local = step.at.astimezone(step.case.clinic.time_zone)
    yield terminal.heading(f"{number}. {day(local.date())}, {local:%H:%M}: {step.says}")
    yield Text()
    yield from advice_view.verdict(advice)
    shown: dict[str, Iterator[RenderableType]] = {
        "unanswered": _unanswered(advice),
        "reasons": advice_view.reasons(advice),
        "plan": plan.lines(advice.plan),
        "dose": doses(advice.dose),
        "aftercare": clocks.aftercare(advice),
        "check_in": advice_view.check_in(advice),
        "milestones": clocks.milestones(advice),
    }
    for part in step.parts:
        yield from shown[part]


def _unanswered(advice: Advice) -> Iterator[RenderableType]:
    counted = (
        f"{len(advice.unanswered)} questions are open, and where a yes would stop, an open one stops too: "
    )
    yield terminal.indented(Text(counted + listed(advice.unanswered) + "."))


def _closing(place: Path, steps: tuple[Step, ...]) -> Iterator[RenderableType]:
    last = steps[-1]
    local = last.at.astimezone(last.case.clinic.time_zone)
    yield terminal.heading("Look closer")
    yield Text("Every case file, every whole advice and a picture of the last dose lie here:")
    yield f"cd {place}"
    yield f"needlepoint advise {len(steps):02}-{last.name}.case.toml --at {local.isoformat()}"
