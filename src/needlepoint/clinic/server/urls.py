"""The addresses of the clinic. Every one leads to a view that declares its permission."""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern, URLResolver, include, path

from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.views import (
    adverse,
    chart_link,
    course,
    day,
    day_sheet,
    forecast,
    hooks,
    leaving,
    message,
    outcome,
    patient,
    photo_change,
    portal_staff,
    record,
    refusals,
    reports,
    session,
    session_live,
    stock,
    the_clock,
    triage,
    visit,
    waiting,
)

# Of the library's pages these are the way in; all others need somebody who is signed in.
OPEN_TO_ANYONE = frozenset(
    (
        "account_login",
        "account_signup",
        "account_inactive",
        "account_reset_password",
        "mfa_authenticate",
        "account_reset_password_done",
        "account_reset_password_from_key",
        "account_reset_password_from_key_done",
        "account_confirm_email",
        "account_email_verification_sent",
        "mfa_login_webauthn",
        "mfa_signup_webauthn",
        "mfa_trust",
    )
)


def _declare(patterns: list[Any]) -> None:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            _declare(pattern.url_patterns)
        elif isinstance(pattern, URLPattern):
            anyone = pattern.name in OPEN_TO_ANYONE
            pattern.callback.permission = Permission.ANYONE if anyone else Permission.SIGN_IN


sign_in = include(
    [path("", include("allauth.account.urls")), path("second-factor/", include("allauth.mfa.urls"))]
)
_declare(sign_in[0])

urlpatterns = [
    path("", patient.home, name="home"),
    path("sign-in/", sign_in),
    path("clock/", the_clock.the_clock, name="clock"),
    path("day/", day.day, name="day"),
    path("day/sheet/", day_sheet.sheet, name="day_sheet"),
    path("day/worker.js", day_sheet.worker, name="day_worker"),
    path("bookings/<uuid:booking_id>/move/", visit.move, name="move_booking"),
    path("bookings/<uuid:booking_id>/cancel/", visit.cancel, name="cancel_booking"),
    path("bookings/<uuid:booking_id>/missed/", visit.no_show, name="missed_booking"),
    path("bookings/<uuid:booking_id>/came/", visit.came, name="came_to_booking"),
    path("patients/", patient.patients, name="patients"),
    path("patients/new/", patient.register, name="register"),
    path("patients/duplicates/", chart_link.duplicates, name="duplicates"),
    path("patients/<uuid:patient_id>/links/", chart_link.chart_links, name="chart_links"),
    path("patients/<uuid:patient_id>/", patient.chart, name="chart"),
    path("patients/<uuid:patient_id>/course/<uuid:course_id>/", patient.chart, name="course_chart"),
    path("patients/<uuid:patient_id>/contact/", patient.edit, name="edit_patient"),
    path("patients/<uuid:patient_id>/changes/", record.changes, name="changes"),
    path("patients/gone/", leaving.gone, name="gone"),
    path("patients/<uuid:patient_id>/leave/", leaving.leave, name="leave_patient"),
    path("patients/<uuid:patient_id>/take-back/", leaving.take_back, name="take_back"),
    path("patients/<uuid:patient_id>/book/", visit.book, name="book"),
    path("patients/<uuid:patient_id>/visits/", visit.visits, name="visits"),
    path("patients/<uuid:patient_id>/portrait/", patient.portrait, name="portrait"),
    path("patients/<uuid:patient_id>/photos/", patient.photo_list, name="photos"),
    path("patients/<uuid:patient_id>/photo-consent/", patient.photo_consent_page, name="photo_consent"),
    path("patients/<uuid:patient_id>/courses/new/", course.draft, name="draft_course"),
    path("photos/<uuid:photo_id>.jpg", patient.photo, name="photo"),
    path("photos/<uuid:photo_id>/copy.jpg", patient.photo_copy, name="photo_copy"),
    path("patients/<uuid:patient_id>/photo-changes/", photo_change.photo_changes, name="photo_changes"),
    path("photo-changes/<uuid:change_id>/", photo_change.photo_change, name="photo_change"),
    path(
        "photo-changes/<uuid:change_id>/picture/",
        photo_change.photo_change_picture,
        name="photo_change_picture",
    ),
    path("consents/<uuid:consent_id>/withdraw/", patient.withdraw, name="withdraw_consent"),
    path("courses/<uuid:course_id>/screening/", course.screening, name="screening"),
    path("courses/<uuid:course_id>/decide/", course.decide, name="decide"),
    path("courses/<uuid:course_id>/plan/", course.plan, name="plan"),
    path("plans/older/", course.older_plans, name="older_plans"),
    path("courses/<uuid:course_id>/end/", course.end, name="end_course"),
    path("courses/<uuid:course_id>/forecast/", forecast.forecast, name="forecast"),
    path("courses/<uuid:course_id>/compare/", forecast.compare, name="compare"),
    path("sessions/<uuid:session_id>/", session.session, name="session"),
    path("sessions/<uuid:session_id>/screened/", session.pass_screening, name="pass_screening"),
    path("sessions/<uuid:session_id>/ask-again/", session.ask_again, name="ask_again"),
    path("sessions/<uuid:session_id>/numbing/", session.numbing, name="numbing"),
    path("sessions/<uuid:session_id>/consent/", session.consent, name="consent"),
    path("sessions/<uuid:session_id>/open/", session.open_session, name="open_session"),
    path("sessions/<uuid:session_id>/cartridge/", session.add_cartridge, name="add_cartridge"),
    path("sessions/<uuid:session_id>/draft/", session_live.save_draft, name="save_draft"),
    path("sessions/<uuid:session_id>/dose/", session_live.dose, name="dose"),
    path("sessions/<uuid:session_id>/finish/", session.finish, name="finish_session"),
    path("sessions/<uuid:session_id>/amend/", session.amend, name="amend_session"),
    path("sessions/<uuid:session_id>/healing/", session.healing, name="check_healing"),
    path("sessions/<uuid:session_id>/call-off/", session.call_off, name="call_off"),
    path("stock/", stock.stock, name="stock"),
    path("stock/labels/", stock.labels, name="labels"),
    path("stock/receive/", stock.receive, name="receive"),
    path("recall/", stock.recall, name="recall"),
    path("recall/sheet.csv", stock.recall_sheet, name="recall_sheet"),
    path("recall/sheet/", stock.recall_print, name="recall_print"),
    path("adverse/", adverse.adverse_events, name="adverse_events"),
    path("adverse/<uuid:event_id>/", adverse.adverse_event, name="adverse_event"),
    path("adverse/<uuid:event_id>/follow-up/", adverse.follow_adverse, name="follow_adverse"),
    path("adverse/<uuid:event_id>/draft/", adverse.medwatch, name="medwatch"),
    path("adverse/<uuid:event_id>/draft.txt", adverse.medwatch_text, name="medwatch_text"),
    path("adverse/<uuid:event_id>/draft.json", adverse.medwatch_json, name="medwatch_json"),
    path("patients/<uuid:patient_id>/adverse/new/", adverse.report_adverse, name="report_adverse"),
    path("reports/", reports.reports, name="reports"),
    path("waiting/", waiting.waiting, name="waiting"),
    path("waiting/<uuid:waiting_id>/done/", waiting.done, name="waiting_done"),
    path("courses/<uuid:course_id>/ask/", waiting.ask, name="ask_prescriber"),
    path("watch/", triage.watch, name="watch"),
    path("queue/", triage.queue, name="queue"),
    path("queue/duty/", triage.duty, name="duty"),
    path("queue/<uuid:task_id>/", triage.task, name="triage_task"),
    path("queue/<uuid:task_id>/seen/", triage.acknowledge, name="acknowledge"),
    path("queue/<uuid:task_id>/take-over/", triage.take_over, name="take_over"),
    path("queue/<uuid:task_id>/note/", triage.note, name="triage_note"),
    path("queue/<uuid:task_id>/close/", triage.close, name="close_triage"),
    path("messages/", message.messages, name="messages"),
    path("messages/lift-hold/", message.lift_hold, name="lift_hold"),
    path("messages/<uuid:message_id>/again/", message.send_again, name="send_again"),
    path("messages/<uuid:message_id>/drop/", message.drop, name="drop_message"),
    path("patients/<uuid:patient_id>/messages/", message.contact_consent, name="contact_consent"),
    path("courses/<uuid:course_id>/outcomes/", outcome.outcomes, name="outcomes"),
    path("hooks/", include([path("sms/<slug:slug>/", hooks.sms, name="sms_hook")])),
    path("record/", record.record, name="record"),
    path("portal/<slug:clinic>/", include("needlepoint.clinic.server.portal_urls")),
    path("enquiries/", portal_staff.enquiries, name="enquiries"),
    path("enquiries/<uuid:enquiry_id>/", portal_staff.enquiry, name="enquiry"),
    path("patients/<uuid:patient_id>/portal/", portal_staff.portal_of_patient, name="portal_of_patient"),
    path("patient-words/", portal_staff.patient_words, name="patient_words"),
    path("portal-address/", portal_staff.portal_contact, name="portal_contact"),
    path("review/", record.review, name="review"),
]
handler400 = refusals.too_much
handler403 = refusals.forbidden
handler404 = refusals.not_here
handler429 = refusals.too_often
handler500 = refusals.defect
