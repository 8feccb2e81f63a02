"""The words that pages make of the code's own names: zones, states, roles and the like, as a translator finds them."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from needlepoint.clinic.access.roles import Permission, Role
from needlepoint.course import answers, goals, session, states, zones
from needlepoint.evidence.loader import packaged
from needlepoint.exchange.measurement_document import NAMES, place

ENUMS: tuple[type[StrEnum], ...] = (
    *(answers.YesNo, answers.Use, answers.Happened, answers.Presence, answers.RosaceaKind),
    *(goals.Concern, goals.Sex, goals.OperatorRole),
    *(session.TopicalKind, session.Sign, session.Place),
    *(states.CourseState, states.SessionState),
    *(zones.ZonePart, zones.Zone),
    *(Permission, Role),
)
"""Names that the code gives to what it knows; a page shows them spaced."""


# Names that stand in a constant or a column; where each is made, it is a plain text.
NAMED = (
    *("planned", "mild", "moderate", "severe"),  # how severe an adverse event is
    *("recovered", "recovered_with_marks", "not_recovered", "lost_sight_of", "died"),  # how it ended
    *(
        "baseline",
        "day_30",
        "day_90",
        "day_180",
        "yearly",
        "lower",
        "higher",
        "clinician",
    ),  # when and how an outcome is scored
    *(
        "expected",
        "advised",
        "to_be_seen",
        "seen",
        "referred",
        "not_reached",
        "called",
    ),  # what came of a check-in
    *(
        "appointment",
        "check_in",
        "outcome",
        "not_seen",
        "sign_in",
        "invitation",
        "alarm",
        "notice",
    ),  # messages
    *(
        "waiting",
        "sending",
        "handed_over",
        "delivered",
        "failed",
        "unknown",
        "dropped",
        "held",
        "email",
        "sms",
    ),
    *("chart", "teaching", "website", "social"),  # what photos may be used for
    *("front", "left_45°", "right_45°", "portrait"),  # what a photo shows
    *("the_same", "better", "worse"),  # how a score went
    *("what_the_device_reaches", "red", "amber", "to_be_read", "Go_on", "each_session", "last_session"),
    *("Face_from_the_front", "Left_profile", "Right_profile", "Body_from_the_front", "Body_from_the_back"),
    *("retrieved", "calibrated", "assumed"),  # on what a figure rests
    *(
        "password",
        "passkey",
        "code",
        "security_key",
        "recovery_code",
        "second_factor",
    ),  # how somebody came in
    *("another_program", "the_command_line", "one-time_link"),
    *(
        "by_themselves",
        "nobody_used_it",
        "no_second_factor_was_shown",
        "a_credential_was_changed",
    ),  # how it ended
    *(
        "signed_out_by_themselves_elsewhere",
        "a_new_way_in_was_given",
        "a_new_way_in_was_used",
        "was_shut_out",
    ),
    *("was_let_in_again", "was_signed_out_everywhere", "signed_out", "signed_in"),
    *(
        "performed",
        "countersigned",
        "opens",
        "closes",
        "concern",
        "operator",
        "device",
        "zone",
        "low",
        "medium",
        "high",
    ),
    *(
        "patient_left",
        "patient_died",
        "decided_otherwise",
        "decided",
        "clock_was_wrong",
    ),  # acts
    *(
        "called_check-in",
        "not_reached_check-in",
        "advised_check-in",
        "acknowledged_check-in",
        "taken_over_check-in",
    ),
    *(
        "sent_again_by_a_member",
        "dropped_by_a_member",
        "complete_course",
        "stop_course",
        "resume_course",
        "pause_course",
    ),
    *("changed_password", "set_password", "reset_password", "added_passkey", "removed_passkey"),
    *("added_one-time_codes", "removed_one-time_codes", "made_new_recovery_codes", "failed_to_sign_in"),
    *("failed_second_factor", "removed_recovery_codes", "added_recovery_codes"),
    *("phone", "e-mail", "taken_in_by_mistake", "not_healed", "healed", "not_yet"),
)


def _names() -> Iterable[str]:
    for kind in ENUMS:
        yield from (each.value for each in kind)
    yield from NAMED
    yield from NAMES.values()
    yield from (place(each.value) for each in zones.Zone)
    known = packaged()
    for table in (
        known.questions,
        known.adverse_kinds,
        known.serious_outcomes,
        known.levels,
        known.alarm_words,
    ):
        yield from table


WORDS = tuple(dict.fromkeys(name.replace("_", " ") for name in _names()))
"""Every such name as a page shows it."""
