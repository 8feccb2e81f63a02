"""A case file to spoil, and cases of every shape."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from needlepoint.course.answers import (
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
from needlepoint.course.scores import Rater, Score
from needlepoint.course.session import Cartridge, CheckIn, Pass, Session, Sign, Topical, TopicalKind
from needlepoint.course.standing import Standing
from needlepoint.course.states import COURSE, CourseState
from needlepoint.course.zones import Zone
from needlepoint.evidence.loader import packaged

KNOWLEDGE = packaged()
CASE = """\
[patient]
born_on   = 1990-05-14
skin_type = "III"
sex       = "female"

[goal]
concern = "acne_scars"
zones   = ["cheek_left", "cheek_right"]

[device]
id = "skinpen-precision"

[clinic]
time_zone = "America/New_York"
operator  = "nurse_practitioner"

[answers]
pregnant = "no"
isotretinoin = "past"
isotretinoin_last_used_on = 2026-01-10
laser = "past"
laser_on = 2026-02-20
eczema = "elsewhere"
rosacea_kind = "unknown"
scar_age_months = 14

[[session]]
started_at = 2026-02-02T14:00:00-05:00
device     = "skinpen-precision"
cartridge  = { gtin = "00860000000001", lot = "A1234", expires_on = 2027-01-31 }
healed     = "yes"
topicals   = [{ kind = "anaesthetic", name = "lidocaine", strength_percent = 4.0, grams = 20 }]
passes     = [
  { zone = "cheek_left", depth_mm = 1.0, passes = 2, rate_hz = 117, speed_mm_s = 20 },
  { zone = "cheek_right", depth_mm = 1.25, passes = 3 },
]

[[check_in]]
at = 2026-02-03T09:00:00-05:00
redness = 2
swelling = 1
pain = 3
signs = ["fine_flaking"]
"""
BORN = date(1990, 5, 14)
LAST = date(2100, 1, 1)
DAYS = st.dates(BORN, LAST)
INSTANTS = st.datetimes(datetime(1991, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
NAMES = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=20)


def numbers(low, high):
    return st.decimals(Decimal(low), Decimal(high), places=2)


def maybe(strategy):
    return st.none() | strategy


def answer_to(question):
    match question.kind:
        case "medicine":
            used = st.builds(Medicine, st.sampled_from([Use.CURRENT, Use.PAST]), maybe(DAYS))
            return used | st.builds(Medicine, st.sampled_from([Use.NEVER, Use.UNKNOWN]))
        case "procedure":
            happened = st.builds(Procedure, st.just(Happened.PAST), maybe(DAYS))
            return happened | st.builds(Procedure, st.sampled_from([Happened.NEVER, Happened.UNKNOWN]))
        case "months":
            return numbers(0, 1200)
        case "number":
            return numbers(str(question.low), str(question.high))
        case "choice":
            return st.sampled_from([Chosen(each) for each in (*question.choices, "unknown")])
        case kind:
            said = {"yes_no": YesNo, "presence": Presence, "rosacea_kind": RosaceaKind}[kind]
            return st.sampled_from(said)


@st.composite
def answers(draw):
    asked = draw(
        st.lists(st.sampled_from(list(KNOWLEDGE.questions.values())), max_size=8, unique_by=lambda q: q.name)
    )
    return Answers({question.name: draw(answer_to(question)) for question in asked})


TOPICALS = st.builds(
    Topical,
    kind=st.sampled_from(TopicalKind),
    name=NAMES,
    strength_percent=maybe(numbers(0, 100)),
    grams=maybe(numbers(0, 500)),
    area_cm2=maybe(numbers(0, 20000)),
    on_minutes=maybe(numbers(0, 1440)),
    occluded=st.sampled_from(YesNo),
    compounded=st.sampled_from(YesNo),
)
CARTRIDGES = st.builds(
    Cartridge,
    gtin=maybe(st.from_regex(r"\A([0-9]{8}|[0-9]{12,14})\Z")),
    lot=maybe(NAMES),
    expires_on=maybe(DAYS),
    serial=maybe(NAMES),
)


@st.composite
def passes(draw, device):
    known = KNOWLEDGE.devices[device]
    return Pass(
        zone=draw(st.sampled_from(Zone)),
        depth=Depth(draw(numbers(str(known.depth_min.value), str(known.depth_max.value)))),
        passes=draw(st.integers(1, 100)),
        rate_hz=draw(maybe(numbers(1, 1000))),
        speed_mm_s=draw(maybe(numbers("0.1", 1000))),
        seconds=draw(maybe(numbers("0.1", 7200))),
        area_cm2=draw(maybe(numbers("0.1", 20000))),
    )


@st.composite
def sessions(draw, at):
    device = draw(st.sampled_from(sorted(KNOWLEDGE.devices)))
    return Session(
        started_at=at,
        device=device,
        ended_at=draw(maybe(st.integers(0, 7200).map(lambda seconds: at + timedelta(seconds=seconds)))),
        cartridge=draw(maybe(CARTRIDGES)),
        healed=draw(st.sampled_from(YesNo)),
        topicals=tuple(draw(st.lists(TOPICALS, max_size=2))),
        passes=tuple(draw(st.lists(passes(device), max_size=2))),
    )


@st.composite
def check_ins(draw, at):
    signs = draw(maybe(st.frozensets(st.sampled_from(Sign), max_size=3)))
    silent = draw(st.frozensets(st.sampled_from(Sign), max_size=3))
    return CheckIn(
        at=at,
        redness=draw(maybe(st.integers(0, 4))),
        swelling=draw(maybe(st.integers(0, 4))),
        pain=draw(maybe(st.integers(0, 10))),
        signs=signs,
        unanswered=silent - (signs or frozenset()),
    )


@st.composite
def standings(draw):
    state = draw(st.sampled_from(CourseState))
    ended = draw(INSTANTS) if state.value in COURSE.final else None
    return Standing(state, ended, draw(maybe(INSTANTS)))


@st.composite
def scores(draw, at):
    scale = draw(st.sampled_from(sorted(KNOWLEDGE.scales.values(), key=lambda each: each.id)))
    steps = round((scale.high - scale.low) / scale.step)
    value = scale.low + Decimal(str(scale.step)) * draw(st.integers(0, steps))
    by = Rater("clinician" if scale.scored_by == "either" else scale.scored_by)
    blind = draw(st.sampled_from(YesNo)) if by is Rater.CLINICIAN else YesNo.NO
    return Score(at, scale.id, value, by, blind)


@st.composite
def cases(draw):
    zone_name = draw(
        st.sampled_from(["America/New_York", "Europe/Berlin", "Asia/Kathmandu", "Africa/Monrovia"])
    )
    starts = sorted(draw(st.sets(INSTANTS, max_size=3)))
    told = sorted(draw(st.sets(INSTANTS, max_size=3)))
    return Case(
        patient=Patient(BORN, draw(st.sampled_from(SkinType)), draw(st.sampled_from(Sex))),
        goal=Goal(
            draw(st.sampled_from(Concern)),
            tuple(draw(st.lists(st.sampled_from(Zone), min_size=1, max_size=4, unique=True))),
        ),
        device=draw(st.sampled_from(sorted(KNOWLEDGE.devices))),
        clinic=Clinic.at(zone_name, draw(st.sampled_from(OperatorRole))),
        answers=draw(answers()),
        sessions=tuple(draw(sessions(at)) for at in starts),
        check_ins=tuple(draw(check_ins(at)) for at in told),
        course=draw(standings()),
        scores=tuple(draw(scores(at)) for at in sorted(draw(st.lists(INSTANTS, max_size=3)))),
    )
