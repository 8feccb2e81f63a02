"""A case file is read as it is written, or refused in one line that names the key; nothing is guessed."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from tests.unit.exchange.cases import CASE, KNOWLEDGE

from needlepoint.course.answers import Answers, Happened, Medicine, Procedure, RosaceaKind, Use, YesNo
from needlepoint.course.errors import InputError
from needlepoint.course.goals import Sex, SkinType
from needlepoint.course.session import Sign, TopicalKind
from needlepoint.exchange.case_file import read, write
from needlepoint.exchange.case_remarks import remarks


def spoilt(*changes, behind=""):
    """Return the case with words replaced; each must be there, so that no test spoils nothing."""
    text = CASE
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return (text + behind).encode()


def refusal(content, name="case.toml"):
    with pytest.raises(InputError) as error:
        read(content, name, KNOWLEDGE)
    assert "\n" not in error.value.line
    return error.value


def test_a_case_file_is_read_as_it_is_written():
    case = read(CASE.encode(), "case.toml", KNOWLEDGE)
    assert case.patient.born_on == date(1990, 5, 14)
    assert (case.patient.skin_type, case.patient.sex) == (SkinType.III, Sex.FEMALE)
    assert case.clinic.time_zone.key == "America/New_York"
    assert case.answers == Answers(
        {
            "pregnant": YesNo.NO,
            "isotretinoin": Medicine(Use.PAST, date(2026, 1, 10)),
            "laser": Procedure(Happened.PAST, date(2026, 2, 20)),
            "eczema": case.answers["eczema"],
            "rosacea_kind": RosaceaKind.UNKNOWN,
            "scar_age_months": Decimal(14),
        }
    )
    (session,) = case.sessions
    assert session.started_at == datetime(2026, 2, 2, 19, 0, tzinfo=UTC)
    assert session.topicals[0].kind is TopicalKind.ANAESTHETIC
    assert session.passes[1].depth.mm == Decimal("1.25")
    assert session.passes[1].rate_hz is None
    assert case.check_ins[0].signs == {Sign.FINE_FLAKING}


def test_what_a_case_may_leave_out_is_unknown():
    shortest = """
        patient = { born_on = 1990-05-14 }
        goal = { concern = "acne_scars", zones = ["chin"] }
        device = { id = "exceed" }
        clinic = { time_zone = "UTC", operator = "physician" }
        """
    case = read(shortest.encode(), "case.toml", KNOWLEDGE)
    assert (case.patient.skin_type, case.patient.sex) == (SkinType.UNKNOWN, Sex.UNKNOWN)
    assert (len(case.answers), case.sessions, case.check_ins) == (0, (), ())


def test_a_medicine_of_the_past_may_leave_its_day_open():
    case = read(spoilt(("isotretinoin_last_used_on = 2026-01-10\n", "")), "case.toml", KNOWLEDGE)
    assert case.answers["isotretinoin"] == Medicine(Use.PAST)


def test_no_signs_is_an_answer_and_no_list_is_none():
    told = read(spoilt(('["fine_flaking"]', "[]")), "case.toml", KNOWLEDGE)
    silent = read(spoilt(('signs = ["fine_flaking"]', 'unanswered = ["fever"]')), "case.toml", KNOWLEDGE)
    assert told.check_ins[0].signs == frozenset()
    assert silent.check_ins[0].signs is None
    assert silent.check_ins[0].unanswered == {Sign.FEVER}


@pytest.mark.parametrize("table", ["patient", "goal", "device", "clinic"])
def test_a_table_that_a_case_needs_is_missed(table):
    content = CASE.replace(f"[{table}]", "[answers2]").encode()
    assert "is not a known key" in refusal(content).line
    without = "\n\n".join(part for part in CASE.split("\n\n") if not part.startswith(f"[{table}]")).encode()
    assert refusal(without).line.startswith(f"{table}: is missing; expected a table [{table}]")


MISSING = [
    ("patient.born_on", "born_on   = 1990-05-14\n"),
    ("goal.concern", 'concern = "acne_scars"\n'),
    ("goal.zones", 'zones   = ["cheek_left", "cheek_right"]\n'),
    ("device.id", 'id = "skinpen-precision"\n'),
    ("clinic.time_zone", 'time_zone = "America/New_York"\n'),
    ("clinic.operator", 'operator  = "nurse_practitioner"\n'),
    ("session[0].started_at", "started_at = 2026-02-02T14:00:00-05:00\n"),
    ("session[0].device", 'device     = "skinpen-precision"\n'),
    ("session[0].topicals[0].kind", 'kind = "anaesthetic", '),
    ("session[0].passes[0].depth_mm", "depth_mm = 1.0, "),
    ("session[0].passes[1].passes", ", passes = 3"),
    ("check_in[0].at", "at = 2026-02-03T09:00:00-05:00\n"),
]


@pytest.mark.parametrize(("key", "line"), MISSING, ids=[key for key, _ in MISSING])
def test_a_key_that_is_needed_is_missed_by_its_path(key, line):
    error = refusal(spoilt((line, "")))
    assert (error.key, error.problem) == (key, "is missing")
    assert error.expected


P0 = "session[0].passes[0].depth_mm"
WRONG = [
    # dates and instants
    ("1990-05-14", "1990-02-31", "patient.born_on", "is not a date or an instant that exists (line 2)"),
    ("= 2027-01-31", "= 2027-02-31", "session[0].cartridge.expires_on", "not a date or an instant that exists"),
    ("1990-05-14", '"1990-05-14"', "patient.born_on", "is text; expected a date such as"),
    ("1990-05-14", "1990-05-14T10:00:00Z", "patient.born_on", "is an instant; expected a date"),
    ("1990-05-14", "10:00:00", "patient.born_on", "is a time of day; expected a date"),
    ("1990-05-14", "2026-02-05", "answers.isotretinoin_last_used_on", "2026-01-10 lies before the birth"),
    ("1990-05-14", "0001-01-01", "patient.born_on", "is out of bounds"),
    ("2026-01-10", '"2026-01-10"', "answers.isotretinoin_last_used_on", "is text; expected a date"),
    ("2026-01-10", "9999-12-31", "answers.isotretinoin_last_used_on", "is out of bounds"),
    ("2026-02-20", "9999-12-31", "answers.laser_on", "is out of bounds"),
    ("T14:00:00-05:00", "T14:00:00", "session[0].started_at", "has no offset from UTC"),
    ("2026-02-02T14:00:00-05:00", "2026-02-02", "session[0].started_at", "is a date; expected an instant"),
    ("2026-02-02T14:00:00-05:00", "14:00:00", "session[0].started_at", "is a time of day; expected an instant"),
    ("2026-02-02T14", "9999-02-02T14", "session[0].started_at", "is out of bounds"),
    ("healed", "ended_at = 2026-02-02T13:00:00-05:00\nhealed", "session[0].ended_at", "ends before it starts"),
    # names
    ("skin_type", "skintype", "patient.skintype", 'is not a known key (did you mean "skin_type"?); expected one of:'),
    ("[answers]", "[answer]", "answer", 'is not a known key (did you mean "answers"?)'),
    ("pregnant", "pregnent", "answers.pregnent", '(did you mean "pregnant"?); expected one of '),
    ("depth_mm", "depth_um", "session[0].passes[0].depth_um", '(did you mean "depth_mm"?)'),
    ("redness", '"r\\ned`"', "check_in[0].'r\\ned`'", "is not a known key"),
    ('"III"', '"VII"', "patient.skin_type", "'VII' is not a skin type"),
    ('"III"', "3", "patient.skin_type", "is a whole number"),
    ('"female"', '"f"', "patient.sex", "expected one of: female, male, unknown"),
    ('"acne_scars"', '"acne_scar"', "goal.concern", '(did you mean "acne_scars"?); expected one of: acne_scars, '),
    ('"cheek_right"]', '"cheek"]', "goal.zones[1]", "'cheek' is not a zone"),
    ('"cheek_right"]', "7]", "goal.zones[1]", "is a whole number"),
    ('"cheek_right"]', '"cheek_left"]', "goal.zones", "a zone is named twice"),
    ('["cheek_left", "cheek_right"]', "[]", "goal.zones", "no zone is named"),
    ('["cheek_left", "cheek_right"]', '"cheek_left"', "goal.zones", "is text; expected a list of zones"),
    ('id = "skinpen-precision"', 'id = "skinpen"', "device.id", "expected one of: skinpen-precision, "),
    ('device     = "skinpen-', 'device     = "skinpan-', "session[0].device", '(did you mean "skinpen-precision"?)'),
    ("America/New_York", "America/NewYork", "clinic.time_zone", '(did you mean "America/New_York"?)'),
    ("America/New_York", "../../etc/passwd", "clinic.time_zone", "is not a time zone"),
    ("nurse_practitioner", "np", "clinic.operator", "expected one of: physician, nurse_practitioner"),
    ('"anaesthetic"', '"anesthetic"', "session[0].topicals[0].kind", '(did you mean "anaesthetic"?)'),
    ('"lidocaine"', '"lido\\u001b[31m"', "session[0].topicals[0].name", "expected 1 to 200 printable characters"),
    ('"A1234"', '""', "session[0].cartridge.lot", "'' is no name"),
    ('"A1234"', f'"{"x" * 201}"', "session[0].cartridge.lot", "…' is no name"),
    ('"A1234"', f'"{"x" * 21}"', "session[0].cartridge.lot", "has 21 signs; expected at most 20"),
    ('lot =', f'serial = "{"x" * 21}", lot =', "session[0].cartridge.serial", "has 21 signs; expected at most 20"),
    ('"00860000000001"', "860000000001", "session[0].cartridge.gtin", "is a whole number; expected 8, 12, 13 or 14"),
    ('"00860000000001"', '"0086"', "session[0].cartridge.gtin", "is not a GTIN"),
    ('"fine_flaking"', '"flaking"', "check_in[0].signs[0]", '(did you mean "fine_flaking"?)'),
    # answers
    ('"no"', "true", "answers.pregnant", "is true or false; expected one of: yes, no, unknown"),
    ('"no"', '"current"', "answers.pregnant", "is not an answer"),
    ('isotretinoin = "past"\n', "", "answers.isotretinoin_last_used_on", "is a day without an answer to isotretinoin"),
    ('isotretinoin = "past"', 'isotretinoin = "never"', "answers.isotretinoin_last_used_on", "a date beside 'never'"),
    ('laser = "past"', 'laser = "never"', "answers.laser_on", "a date beside 'never'"),
    ('laser = "past"', 'laser = "current"', "answers.laser", "expected one of: past, never, unknown"),
    ('eczema = "elsewhere"', 'eczema = "yes"', "answers.eczema", "expected one of: in_zone, quiescent_in_zone"),
    ('rosacea_kind = "unknown"', 'rosacea_kind = "red"', "answers.rosacea_kind", "is not a kind of rosacea"),
    ("= 14", '= "14"', "answers.scar_age_months", "is text; expected a number, 0 to 1200 months"),
    ("= 14", "= true", "answers.scar_age_months", "is not a number"),
    ("= 14", "= nan", "answers.scar_age_months", "nan is not a finite number"),
    ("= 14", "= -1", "answers.scar_age_months", "-1 is out of bounds; expected 0 to 1200 months"),
    # numbers
    ("depth_mm = 1.0", "depth_mm = 2.6", P0, "2.6 mm cannot be set on skinpen-precision; expected 0 to 2.5"),
    ("depth_mm = 1.0", "depth_mm = -0.1", P0, "cannot be set on"),
    ("depth_mm = 1.25", "depth_mm = 1250", "session[0].passes[1].depth_mm", "cannot be set on"),
    ("depth_mm = 1.0", "depth_mm = nan", P0, "nan is not a finite number"),
    ("depth_mm = 1.0", "depth_mm = -inf", P0, "-inf is not a finite number"),
    ("depth_mm = 1.0", 'depth_mm = "1 mm"', P0, "is text; expected a number, in mm"),
    ("depth_mm = 1.0", "depth_mm = true", P0, "is true or false"),
    ("depth_mm = 1.0", f"depth_mm = 0x{'f' * 9000}", P0, "of more than 30 digits"),
    ("passes = 2", "passes = 2.5", "session[0].passes[0].passes", "is a number with a fraction; expected a whole"),
    ("passes = 2", "passes = 0", "session[0].passes[0].passes", "0 is out of bounds; expected 1 to 100"),
    ("rate_hz = 117", "rate_hz = 7000", "session[0].passes[0].rate_hz", "expected 1 to 1000 Hz"),
    ("grams = 20", "grams = 501", "session[0].topicals[0].grams", "expected 0 to 500 g"),
    ("grams = 20", "area_cm2 = nan", "session[0].topicals[0].area_cm2", "nan is not a finite number"),
    ("redness = 2", "redness = 5", "check_in[0].redness", "5 is out of bounds; expected 0 to 4"),
    ("pain = 3", 'pain = ""', "check_in[0].pain", "is text; expected a whole number, 0 to 10"),
    # keys given twice
    ('pregnant = "no"', 'pregnant = "no"\npregnant = "no"', "answers.pregnant", "is given twice (line"),
    ("healed", 'lot = 1, lot = 2\nhealed', "case.toml", "is not readable as TOML"),
    ("lot =", 'gtin = "", lot =', "session[0].cartridge.gtin", "is given twice"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "key", "says"), WRONG, ids=[f"{row[2]}-{n}" for n, row in enumerate(WRONG)]
)
def test_what_is_wrong_is_named_by_its_path_and_said_in_one_line(old, new, key, says):
    error = refusal(spoilt((old, new)))
    assert error.key == key
    assert says in error.line
    assert error.expected


def test_sessions_and_check_ins_stand_oldest_first():
    earlier = '\n[[session]]\nstarted_at = 2025-01-01T00:00:00Z\ndevice = "exceed"\n'
    assert refusal(spoilt(behind=earlier)).key == "session[1].started_at"


def test_the_second_of_two_tables_is_counted_from_nought():
    second = "\n[[check_in]]\nat = 2026-02-04T09:00:00-05:00\nredness = 9\n"
    assert refusal(spoilt(behind=second)).key == "check_in[1].redness"
    no_day = "\n[[check_in]]\nat = 2026-02-30T09:00:00-05:00\n"
    assert refusal(spoilt(behind=no_day)).key == "check_in[1].at"


@pytest.mark.parametrize(
    ("gtin", "remarked"),
    [
        ("00860000000001", True),
        ("00860000000002", True),
        ("0086000000004", False),
        ("08600000000004", False),
        ("4006381333931", False),
        ("4006381333932", True),
        ("96385074", False),
        ("811099010036", False),
        ("00000000000000", True),
    ],
)
def test_an_article_number_that_was_misread_is_read_with_a_remark(gtin, remarked):
    case = read(spoilt(("00860000000001", gtin)), "case.toml", KNOWLEDGE)
    assert case.sessions[0].cartridge.gtin == gtin
    said = list(remarks(case))
    assert [each for each in said if gtin in each and "wrong check digit" in each] == said
    assert bool(said) is remarked


def test_a_session_elsewhere_is_kept_apart_and_written_among_the_others():
    first = '[[session]]\nstarted_at = 2025-02-02T14:00:00-05:00\ndevice = "rf-device"\npasses = []\n\n'
    content = CASE.replace("[[session]]", first + "[[session]]", 1)
    case = read(content.encode(), "case.toml", KNOWLEDGE)
    assert [each.device for each in case.elsewhere] == ["rf-device"]
    assert len(case.sessions) == len(read(CASE.encode(), "case.toml", KNOWLEDGE).sessions)
    assert read(write(case).encode(), "case.toml", KNOWLEDGE) == case


def test_a_session_elsewhere_lies_after_the_birth():
    first = '[[session]]\nstarted_at = 1980-02-02T14:00:00-05:00\ndevice = "unknown-pen"\n\n'
    assert "before the birth" in refusal(CASE.replace("[[session]]", first + "[[session]]", 1).encode()).line
