"""Cases for tests: plain ones with the changes a test is about, and random ones by the seed."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random

from needlepoint.course.answers import (
    Answer,
    Answers,
    Chosen,
    Happened,
    Medicine,
    Presence,
    Procedure,
    RosaceaKind,
    Use,
    YesNo,
)
from needlepoint.course.case import Case, Clinic
from needlepoint.course.goals import Concern, Goal, OperatorRole, Patient, Sex, SkinType
from needlepoint.course.quantities import Depth
from needlepoint.course.session import Cartridge, CheckIn, Pass, Session, Sign, Topical, TopicalKind
from needlepoint.course.zones import Zone
from needlepoint.evidence.knowledge import Knowledge
from needlepoint.evidence.loader import packaged
from needlepoint.evidence.questions import Question

AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
TODAY = date(2026, 3, 2)
PEN = "skinpen-precision"
LIDOCAINE = Topical(
    TopicalKind.ANAESTHETIC,
    "lidocaine",
    Decimal("4.0"),
    Decimal(20),
    Decimal(300),
    Decimal(30),
    occluded=YesNo.NO,
    compounded=YesNo.NO,
)
CARTRIDGE = Cartridge("00860000000001", "A1234", date(2027, 1, 31))

# What each kind of question may be told, the harmless answer first.
CHOICES: Mapping[str, tuple[Answer, ...]] = {
    "yes_no": tuple(YesNo(each) for each in ("no", "yes", "unknown")),
    "presence": tuple(
        Presence(each) for each in ("no", "elsewhere", "quiescent_in_zone", "in_zone", "unknown")
    ),
    "rosacea_kind": tuple(RosaceaKind),
}


def harmless(knowledge: Knowledge | None = None) -> dict[str, Answer]:
    """Return the answers of somebody of whom there is nothing to tell."""
    plain = {
        "yes_no": YesNo.NO,
        "medicine": Medicine(Use.NEVER),
        "procedure": Procedure(Happened.NEVER),
        "presence": Presence.NO,
        "months": Decimal(36),
    }
    questions = (knowledge or packaged()).questions.values()
    own = {each.name: Chosen(each.harmless) for each in questions if each.kind == "choice"}
    return {each.name: plain[each.kind] for each in questions if each.kind in plain} | own


def answers(**changes: Answer) -> Answers:
    """Return harmless answers with some changed."""
    return Answers({**harmless(), **changes})


def days_before(days: float, hours: float = 0) -> datetime:
    """Return the instant so long before AT."""
    return AT - timedelta(days=days, hours=hours)


def last_used(days: int, use: Use = Use.PAST) -> Medicine:
    """Return a medicine last used so many days before AT."""
    return Medicine(use, TODAY - timedelta(days=days))


def happened(days: int) -> Procedure:
    """Return a procedure that was so many days before AT."""
    return Procedure(Happened.PAST, TODAY - timedelta(days=days))


def passes(depth_mm: str = "1.0", *zones: Zone) -> tuple[Pass, ...]:
    """Return two sweeps at one depth over each of the zones, the left cheek where none is named."""
    return tuple(
        Pass(zone, Depth(Decimal(depth_mm)), 2, Decimal(117), Decimal(20))
        for zone in zones or (Zone.CHEEK_LEFT,)
    )


def session(days: float = 35, **changes: object) -> Session:
    """Return a session so many days before AT: two passes at 1.0 mm on the left cheek, healed."""
    plain: dict[str, object] = {
        "started_at": days_before(days),
        "device": PEN,
        "cartridge": CARTRIDGE,
        "healed": YesNo.YES,
        "topicals": (LIDOCAINE,),
        "passes": passes(),
    }
    return Session(**{**plain, **changes})  # type: ignore[arg-type]


def check_in(days: float = 34, *signs: str, **changes: object) -> CheckIn:
    """Return a check-in so many days before AT: nothing but the signs named."""
    plain: dict[str, object] = {
        "at": days_before(days),
        "redness": 0,
        "swelling": 0,
        "pain": 0,
        "signs": frozenset(Sign(sign) for sign in signs),
    }
    return CheckIn(**{**plain, **changes})  # type: ignore[arg-type]


def goal(concern: str = "acne_scars", *zones: str) -> Goal:
    """Return a goal; on the left cheek where no zone is named."""
    return Goal(Concern(concern), tuple(Zone(zone) for zone in zones or ("cheek_left",)))


def case(**changes: object) -> Case:
    """Return the case of a healthy adult with acne scars before the first session, with changes."""
    plain: dict[str, object] = {
        "patient": Patient(date(1990, 5, 14), SkinType.III, Sex.FEMALE),
        "goal": goal(),
        "device": PEN,
        "clinic": Clinic.at("America/New_York", OperatorRole.NURSE_PRACTITIONER),
        "answers": answers(),
    }
    return Case(**{**plain, **changes})  # type: ignore[arg-type]


def random_case(random: Random, knowledge: Knowledge, zone_name: str = "America/New_York") -> Case:
    """Return any case at all around AT: what a clinic would see and what it would hope never to see."""
    devices = list(knowledge.devices)
    sessions = _random_sessions(random, knowledge, devices)
    return Case(
        patient=Patient(
            date(1930, 1, 1) + timedelta(days=random.randrange(34_000)),
            random.choice(list(SkinType)),
            random.choice(list(Sex)),
        ),
        goal=Goal(random.choice(list(Concern)), tuple(random.sample(list(Zone), random.randint(1, 6)))),
        device=random.choice(devices),
        clinic=Clinic.at(zone_name, random.choice(list(OperatorRole))),
        answers=Answers(dict(_random_answers(random, knowledge))),
        sessions=sessions,
        check_ins=_random_check_ins(random),
    )


def _random_answers(random: Random, knowledge: Knowledge):
    # Mostly harmless, or every case would stop for the same few reasons.
    trouble = random.choice((0.0, 0.02, 0.3))
    for name, plain in harmless(knowledge).items():
        if random.random() >= trouble:
            yield name, plain
        elif random.random() < 0.9:
            yield name, random_answer(random, knowledge.questions[name])


def random_answer(random: Random, question: Question) -> Answer:
    """Return any answer to a question."""
    kind = question.kind
    if kind == "choice":
        return Chosen(random.choice((*question.choices, "unknown")))
    if kind == "number":
        return Decimal(random.randint(round(question.low), round(question.high)))
    day = TODAY - timedelta(days=random.choice((0, 1, 3, 14, 27, 28, 90, 180, 182, 400)))
    if kind == "medicine":
        use = random.choice(list(Use))
        dated = use in (Use.CURRENT, Use.PAST) and random.random() < 0.7
        return Medicine(use, day if dated else None)
    if kind == "procedure":
        went = random.choice(list(Happened))
        return Procedure(went, day if went is Happened.PAST and random.random() < 0.7 else None)
    if kind == "months":
        return Decimal(random.randrange(240))
    return random.choice(CHOICES[kind])


def _random_sessions(random: Random, knowledge: Knowledge, devices: list[str]) -> tuple[Session, ...]:
    ages = sorted(random.sample(range(1, 200), random.choice((0, 1, 1, 2, 5))), reverse=True)
    return tuple(_random_session(random, knowledge, random.choice(devices), age) for age in ages)


def _random_session(random: Random, knowledge: Knowledge, device: str, age: int) -> Session:
    reach = knowledge.devices[device]
    settings = sorted({str(reach.depth_min.value), str(reach.depth_max.value), "0.5", "1.0", "1.5"})
    usable = [each for each in settings if reach.depth_min.value <= float(each) <= reach.depth_max.value]
    started_at = days_before(age)
    return Session(
        started_at,
        device,
        started_at + timedelta(minutes=random.randint(5, 90)) if random.random() < 0.5 else None,
        random.choice(
            (None, CARTRIDGE, Cartridge(lot="B", expires_on=TODAY - timedelta(days=100), serial="7"))
        ),
        random.choice(list(YesNo)),
        random.choice(((), (LIDOCAINE,), (Topical(TopicalKind.SERUM, "vitamin C"),), (LIDOCAINE, LIDOCAINE))),
        tuple(
            Pass(zone, Depth(Decimal(random.choice(usable))), random.randint(1, 6))
            for zone in random.sample(list(Zone), random.randint(0, 4))
        ),
    )


def _random_check_ins(random: Random) -> tuple[CheckIn, ...]:
    ages = sorted(random.sample(range(-5, 100), random.choice((0, 0, 1, 3))), reverse=True)
    return tuple(_random_check_in(random, age) for age in ages)


def _random_check_in(random: Random, age: int) -> CheckIn:
    signs = frozenset(random.sample(list(Sign), random.choice((0, 0, 1, 3))))
    left_open = frozenset(random.sample(list(Sign), random.choice((0, 0, 2)))) - signs
    return CheckIn(
        days_before(age, random.choice((0, 2.5))),
        random.choice((None, *range(5))),
        random.choice((None, *range(5))),
        random.choice((None, *range(11))),
        random.choice((signs, signs, None)),
        left_open,
    )
