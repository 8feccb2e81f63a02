"""The tables of a case file, key by key: what each key means and which form it takes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Annotated, Any, get_type_hints

import msgspec
from msgspec import UNSET, Meta, UnsetType

DATE = "a date such as 2026-01-10, without quotes in TOML"
INSTANT = "an instant with its offset such as 2026-02-02T14:00:00-05:00, without quotes in TOML"
YES_NO = '"yes", "no" or "unknown"'


def _number(form: str, meaning: str) -> Meta:
    return Meta(title=f"a number, {form}", description=meaning)


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A table of a case file; a key that is not listed is an error."""


class PatientTable(Table, frozen=True):
    """Whose skin it is; a case knows no name and no contact."""

    born_on: Annotated[
        date | UnsetType, Meta(title=DATE, description="the day of birth; `born_in` where it is not known")
    ] = UNSET
    born_in: Annotated[
        str,
        Meta(
            title='"1970", "1970-06" or "unknown"', description="what is known in place of the day of birth"
        ),
    ] = ""
    skin_type: Annotated[
        str, Meta(title='"I" to "VI" or "unknown"', description="Fitzpatrick's skin type")
    ] = "unknown"
    sex: Annotated[
        str, Meta(title='"female", "male" or "unknown"', description="used for skin thickness only")
    ] = "unknown"


class GoalTable(Table, frozen=True):
    """What is treated, and where."""

    concern: Annotated[str, Meta(title='a concern such as "acne_scars"', description="what is treated")]
    zones: Annotated[
        list[str], Meta(title='a list of zones such as ["cheek_left"]', description="where, each zone once")
    ]


class DeviceTable(Table, frozen=True):
    """The device meant for the next session."""

    id: Annotated[str, Meta(title='a device such as "skinpen-precision"', description="which device")]


class OwnDeviceTable(Table, frozen=True):
    """A pen that is not in the knowledge base, as its label describes it."""

    id: Annotated[
        str, Meta(title='text such as "own-1"', description="its name in this file; begins with own-")
    ]
    name: Annotated[str, Meta(title="text in quotes", description="what stands on it")]
    maker: Annotated[str, Meta(title="text in quotes", description="who makes it")]
    label: Annotated[
        str,
        Meta(title="text in quotes", description="which label or leaflet was read, with its edition or date"),
    ]
    depth_min_mm: Annotated[int | float, _number("0 to 3 mm", "the least depth of its dial")]
    depth_max_mm: Annotated[int | float, _number("0.1 to 3 mm", "the deepest setting of its dial")]
    needles: Annotated[int, Meta(title="a whole number, 1 to 200", description="needles in a cartridge")]
    needle_mm: Annotated[int | float, _number("0.05 to 1 mm", "how thick a needle is")]
    depth_step_mm: Annotated[int | float | None, _number("0.05 to 1 mm", "from one setting to the next")] = (
        None
    )
    rate_low_hz: Annotated[int | float | None, _number("1 to 1000 Hz", "its slowest rate")] = None
    rate_high_hz: Annotated[int | float | None, _number("1 to 1000 Hz", "its fastest rate")] = None
    cleared_as: Annotated[
        str,
        Meta(
            title='a number such as "K230420"', description="the number that it was cleared under, if known"
        ),
    ] = ""


class ClinicTable(Table, frozen=True):
    """Where and by whom."""

    time_zone: Annotated[
        str, Meta(title='an IANA name such as "America/New_York"', description="decides which day it is")
    ]
    operator: Annotated[
        str, Meta(title='an operator such as "nurse_practitioner"', description="who holds the device")
    ]
    place: Annotated[
        str,
        Meta(title='a code of ISO 3166 such as "US-CA"', description="whose law counts; may be left out"),
    ] = ""


class CourseTable(Table, frozen=True):
    """Where the course stands; may be left out while it is under way."""

    state: Annotated[
        str,
        Meta(title='"drafted", "active", "paused", "completed" or "stopped"', description="where it stands"),
    ] = "active"
    ended_at: Annotated[
        datetime | None, Meta(title=INSTANT, description="when it was completed or stopped")
    ] = None
    maintenance_since: Annotated[
        datetime | None,
        Meta(
            title=INSTANT,
            description="where it keeps what an earlier course reached: sessions before this were the other's",
        ),
    ] = None


class CartridgeTable(Table, frozen=True):
    """The needle head that was used."""

    gtin: Annotated[
        str | None, Meta(title="8, 12, 13 or 14 digits in quotes", description="the article number")
    ] = None
    lot: Annotated[
        str | None, Meta(title="text in quotes", description="the lot on the pouch, at most 20 signs")
    ] = None
    expires_on: Annotated[date | None, Meta(title=DATE, description="the last day it may be used")] = None
    serial: Annotated[
        str | None,
        Meta(title="text in quotes", description="the serial number on the pouch, at most 20 signs"),
    ] = None


class TopicalTable(Table, frozen=True):
    """Something put on the skin before, during or after the needles."""

    kind: Annotated[str, Meta(title='a kind such as "anaesthetic"', description="what it is for")]
    name: Annotated[str, Meta(title="text in quotes", description="its name, as on the tube")]
    strength_percent: Annotated[int | float | None, _number("0 to 100 %", "its strength")] = None
    grams: Annotated[int | float | None, _number("0 to 500 g", "how much")] = None
    area_cm2: Annotated[int | float | None, _number("0 to 20000 cm2", "on how much skin")] = None
    on_minutes: Annotated[int | float | None, _number("0 to 1440 min", "how long it stayed on")] = None
    occluded: Annotated[str, Meta(title=YES_NO, description="was it covered with film?")] = "unknown"
    compounded: Annotated[str, Meta(title=YES_NO, description="was it mixed by a pharmacy?")] = "unknown"
    reason: Annotated[
        str | None,
        Meta(title="text in quotes", description="why a prescriber chose a strong or compounded cream"),
    ] = None
    patient_kg: Annotated[
        int | float | None, _number("0 to 500 kg", "the weight of the patient on that day")
    ] = None


class PassTable(Table, frozen=True):
    """Sweeps over one zone at one setting."""

    zone: Annotated[str, Meta(title='a zone such as "cheek_left"', description="where")]
    depth_mm: Annotated[
        int | float, _number("in mm, within the device's range", "the depth set on the device")
    ]
    passes: Annotated[int, Meta(title="a whole number, 1 to 100", description="how many sweeps")]
    rate_hz: Annotated[int | float | None, _number("1 to 1000 Hz", "needle strikes in a second")] = None
    speed_mm_s: Annotated[int | float | None, _number("0.1 to 1000 mm/s", "how fast the device glided")] = (
        None
    )
    seconds: Annotated[int | float | None, _number("0.1 to 7200 s", "how long the needles worked here")] = (
        None
    )
    area_cm2: Annotated[int | float | None, _number("0.1 to 20000 cm2", "on how much skin")] = None


class SessionTable(Table, frozen=True):
    """A session that was done; the oldest stands first."""

    started_at: Annotated[datetime, Meta(title=INSTANT, description="when the needles started")]
    device: Annotated[
        str,
        Meta(
            title='a device such as "skinpen-precision"',
            description='which was used; "unknown-pen", "unknown-roller" or "rf-device" where nobody here knows it',
        ),
    ]
    ended_at: Annotated[
        datetime | None, Meta(title=INSTANT, description="when they stopped; aftercare counts from here")
    ] = None
    cartridge: Annotated[CartridgeTable | None, Meta(title="a table", description="the needle head")] = None
    healed: Annotated[
        str, Meta(title=YES_NO, description="had this session healed when somebody looked?")
    ] = "unknown"
    topicals: Annotated[
        list[TopicalTable], Meta(title="a list of tables", description="what was put on the skin")
    ] = []
    passes: Annotated[
        list[PassTable], Meta(title="a list of tables", description="what the needles did")
    ] = []
    adverse: Annotated[
        list[str],
        Meta(title='a list such as ["dark_patch"]', description="the unwanted effects reported after it"),
    ] = []


class CheckInTable(Table, frozen=True):
    """What the patient told after a session; a score that is left out was not answered."""

    at: Annotated[datetime, Meta(title=INSTANT, description="when the patient answered")]
    redness: Annotated[int | None, Meta(title="a whole number, 0 to 4", description="0 none to 4 severe")] = (
        None
    )
    swelling: Annotated[
        int | None, Meta(title="a whole number, 0 to 4", description="0 none to 4 severe")
    ] = None
    pain: Annotated[int | None, Meta(title="a whole number, 0 to 10", description="0 none to 10 worst")] = (
        None
    )
    signs: Annotated[
        list[str] | None,
        Meta(
            title='a list of signs such as ["fine_flaking"]',
            description="what is there; an empty list says: nothing",
        ),
    ] = None
    unanswered: Annotated[
        list[str], Meta(title="a list of signs", description="signs that were asked for and not answered")
    ] = []
    where: Annotated[
        list[str] | None,
        Meta(
            title='a list of places such as ["near_eye"]',
            description="where it is: near_eye, mouth, face, neck, elsewhere or not_sure; "
            "left out, the needled zones stand for it",
        ),
    ] = None


class ScoreTable(Table, frozen=True):
    """What somebody saw of the course on a named scale; the oldest stands first."""

    at: Annotated[datetime, Meta(title=INSTANT, description="when it was scored")]
    scale: Annotated[
        str, Meta(title='a scale such as "goodman_baron"', description="as `needlepoint outcome` lists them")
    ]
    value: Annotated[int | float, _number("within the scale", "the value")]
    by: Annotated[str, Meta(title='"clinician" or "patient"', description="who scored")] = "clinician"
    blind: Annotated[
        str, Meta(title=YES_NO, description="was the rater kept from knowing before from after?")
    ] = "unknown"


class CaseTable(Table, frozen=True):
    """A whole case file."""

    patient: Annotated[PatientTable, Meta(title="a table [patient]", description="whose skin it is")]
    goal: Annotated[GoalTable, Meta(title="a table [goal]", description="what is treated, and where")]
    device: Annotated[
        DeviceTable, Meta(title="a table [device]", description="the device for the next session")
    ]
    clinic: Annotated[ClinicTable, Meta(title="a table [clinic]", description="where and by whom")]
    course: Annotated[CourseTable, Meta(title="a table [course]", description="where the course stands")] = (
        CourseTable()
    )
    answers: Annotated[dict[str, Any], Meta(title="a table [answers]", description="the screening")] = {}
    session: Annotated[list[SessionTable], Meta(title="tables [[session]]", description="sessions done")] = []
    check_in: Annotated[
        list[CheckInTable], Meta(title="tables [[check_in]]", description="reports after a session")
    ] = []
    score: Annotated[
        list[ScoreTable], Meta(title="tables [[score]]", description="what was seen of the course, on scales")
    ] = []
    own_device: Annotated[
        list[OwnDeviceTable],
        Meta(title="tables [[own_device]]", description="pens entered from their labels"),
    ] = []


TABLES: Mapping[str, type[Table]] = MappingProxyType(
    {
        "": CaseTable,
        "patient": PatientTable,
        "goal": GoalTable,
        "device": DeviceTable,
        "clinic": ClinicTable,
        "course": CourseTable,
        "session": SessionTable,
        "session.cartridge": CartridgeTable,
        "session.topicals": TopicalTable,
        "session.passes": PassTable,
        "check_in": CheckInTable,
        "score": ScoreTable,
        "own_device": OwnDeviceTable,
    }
)


def keys_of(table: str) -> Mapping[str, Meta]:
    """Return the keys of a table, such as `session.passes`, with their forms and meanings."""
    hints = get_type_hints(TABLES[table], include_extras=True)
    return {name: next(m for m in hint.__metadata__ if isinstance(m, Meta)) for name, hint in hints.items()}
