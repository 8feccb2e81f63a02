"""The addresses of the portal, each under the clinic's own name."""

from __future__ import annotations

from django.urls import path

from needlepoint.clinic.portal.views import after as portal_after
from needlepoint.clinic.portal.views import before as portal_before
from needlepoint.clinic.portal.views import check_in as portal_check_in
from needlepoint.clinic.portal.views import portal

urlpatterns = [
    path("", portal.front, name="portal_front"),
    path("language/", portal.language, name="portal_language"),
    path("read/<slug:page>/", portal.read, name="portal_read"),
    path("ask/", portal.ask, name="portal_ask"),
    path("ask/sent/", portal.ask_sent, name="portal_asked"),
    path("sign-in/", portal.enter, name="portal_sign_in"),
    path("sign-in/code/", portal.code, name="portal_code"),
    path("sign-in/born/", portal.born, name="portal_born"),
    path("in/<str:token>/", portal.by_link, name="portal_link"),
    path("leave/", portal.leave, name="portal_leave"),
    path("today/", portal_after.today, name="portal_today"),
    path("redness/", portal_after.curve, name="portal_curve"),
    path("emergency/", portal.emergency, name="portal_emergency"),
    path("check-in/", portal_check_in.check_in, name="portal_check_in"),
    path("check-in/draft/", portal_check_in.draft, name="portal_draft"),
    path("reports/", portal_after.reports, name="portal_reports"),
    path("reports/<uuid:report_id>/", portal_after.report, name="portal_report"),
    path("photos/", portal_after.photos, name="portal_photos"),
    path("photos/<uuid:photo_id>.jpg", portal_after.photo, name="portal_photo"),
    path("screening/", portal_before.screening, name="portal_screening"),
    path("screening/review/", portal_before.review, name="portal_screening_review"),
    path("screening/result/", portal_before.result, name="portal_screening_result"),
    path("screening/group/<slug:group>/", portal_before.question_group, name="portal_question_group"),
    path("screening/ask/<slug:name>/", portal_before.question, name="portal_question"),
    path("screening/ask/<slug:name>/day/", portal_before.question_day, name="portal_question_day"),
    path("preparation/", portal_before.preparation, name="portal_preparation"),
    path("consent/", portal_before.consent, name="portal_consent"),
    path("next-visit.ics", portal_before.calendar_file, name="portal_calendar"),
    path("next-visit/", portal_before.next_visit, name="portal_next_visit"),
]
