"""Roles as a table: what is not listed is not allowed."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Permission(StrEnum):
    """One thing that may be done; every view names the one it asks for.

    ANYONE is for the way in and for pages that strangers read; PATIENT is for the portal, and ENROL for the pages on
    which a member without a second factor adds one. No role has these three.
    """

    ANYONE = "anyone"
    SIGN_IN = "sign_in"
    ENROL = "enrol"
    PATIENT = "patient"
    SEE_DAY = "see_day"
    BOOK = "book"
    SEE_PATIENTS = "see_patients"
    EDIT_PATIENT = "edit_patient"
    LINK_CHARTS = "link_charts"
    END_CARE = "end_care"
    SEE_CHART = "see_chart"
    SCREEN = "screen"
    DECIDE_AS_OPERATOR = "decide_as_operator"
    DECIDE_AS_PRESCRIBER = "decide_as_prescriber"
    DRAFT_COURSE = "draft_course"
    PLAN = "plan"
    CONSENT = "consent"
    NEEDLE = "needle"
    AMEND = "amend"
    COUNTERSIGN = "countersign"
    SEE_PHOTOS = "see_photos"
    TAKE_PHOTOS = "take_photos"
    SEE_STOCK = "see_stock"
    RECEIVE_STOCK = "receive_stock"
    RECALL = "recall"
    READ_RECORD = "read_record"
    ADD_MEMBER = "add_member"
    TRIAGE = "triage"
    SET_DUTY = "set_duty"
    SEE_MESSAGES = "see_messages"
    SEND_MESSAGES = "send_messages"
    LIFT_HOLD = "lift_hold"
    EXPORT_PHOTOS = "export_photos"
    SCORE = "score"
    REPORT_ADVERSE = "report_adverse"
    SEE_REPORTS = "see_reports"
    DECIDE_CLOCK = "decide_clock"
    KEEP_DEVICES = "keep_devices"


class Role(StrEnum):
    """What somebody is taken on for."""

    FRONT_DESK = "front_desk"
    NURSE = "nurse"
    AESTHETICIAN = "aesthetician"
    PRESCRIBER = "prescriber"
    MEDICAL_DIRECTOR = "medical_director"
    CLINIC_ADMIN = "clinic_admin"
    AUDITOR = "auditor"


P = Permission
_DESK = {P.SIGN_IN, P.SEE_DAY, P.BOOK, P.SEE_PATIENTS, P.EDIT_PATIENT, P.SEE_MESSAGES, P.SEND_MESSAGES}
# A clock that has leapt must not wait for somebody who is not in.
_DESK |= {P.DECIDE_CLOCK}
_CHART = {P.SEE_CHART, P.SCREEN, P.CONSENT, P.SEE_PHOTOS, P.TAKE_PHOTOS, P.SEE_STOCK, P.TRIAGE, P.SCORE}
_NEEDLE = {P.NEEDLE, P.AMEND, P.DECIDE_AS_OPERATOR, P.RECEIVE_STOCK, P.DRAFT_COURSE, P.REPORT_ADVERSE}
_PRESCRIBE = {P.PLAN, P.DECIDE_AS_PRESCRIBER, P.END_CARE}

ROLES: Mapping[Role, frozenset[Permission]] = MappingProxyType(
    {
        Role.FRONT_DESK: frozenset(_DESK),
        Role.NURSE: frozenset(_DESK | _CHART | _NEEDLE),
        Role.AESTHETICIAN: frozenset(_DESK | _CHART | _NEEDLE),
        Role.PRESCRIBER: frozenset(_DESK | _CHART | _NEEDLE | _PRESCRIBE),
        Role.MEDICAL_DIRECTOR: frozenset(
            _DESK
            | _CHART
            | _NEEDLE
            | _PRESCRIBE
            | {P.COUNTERSIGN, P.RECALL, P.READ_RECORD, P.SET_DUTY, P.LIFT_HOLD, P.SEE_REPORTS}
            | {P.EXPORT_PHOTOS, P.LINK_CHARTS, P.KEEP_DEVICES}
        ),
        Role.CLINIC_ADMIN: frozenset(
            _DESK
            | {P.SEE_STOCK, P.RECEIVE_STOCK, P.RECALL, P.READ_RECORD, P.ADD_MEMBER, P.SET_DUTY, P.LIFT_HOLD}
            | {P.SEE_REPORTS, P.LINK_CHARTS, P.KEEP_DEVICES}
        ),
        Role.AUDITOR: frozenset({P.SIGN_IN, P.READ_RECORD, P.SEE_STOCK, P.SEE_REPORTS}),
    }
)
