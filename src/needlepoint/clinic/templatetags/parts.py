"""Parts of pages that are shown often or repeat many times, written in Jinja: there they cost a tenth."""

from __future__ import annotations

from collections.abc import MutableMapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

from django import template
from django.template.defaultfilters import capfirst, floatformat, linebreaksbr, pluralize, truncatechars
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import json_script
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, gettext_noop, ngettext
from jinja2 import ChainableUndefined, Environment, FileSystemLoader

from needlepoint.clinic.chair.queries.course.forecast import step_in_words, steps_in_words
from needlepoint.clinic.chair.queries.course.linked import linked_with
from needlepoint.clinic.chair.queries.stock.codes import datamatrix, qr
from needlepoint.clinic.practice.actions.consent_texts import readings
from needlepoint.clinic.practice.queries.emergency import emergency_of
from needlepoint.clinic.templatetags import figure, portal, queue_words, scripts, words
from needlepoint.clinic.templatetags.charts.band import redness_chart
from needlepoint.clinic.templatetags.charts.dots import trend_chart
from needlepoint.clinic.templatetags.charts.over_time import changes_over_time
from needlepoint.clinic.templatetags.charts.ranges import change_forest
from needlepoint.clinic.templatetags.charts.strip import course_strip
from needlepoint.evidence.languages import first_language, language_of

register = template.Library()
WORDS = (
    "born",
    "called",
    "clock",
    "days",
    "cartridge_reason",
    "decision_asked",
    "from_or_on",
    "dialled",
    "elsewhere_label",
    "here",
    "in_words",
    "made_by",
    "make",
    "piece",
    "kind_says",
    "level_of",
    "on_day",
    "or_nothing",
    "paragraphs",
    "says_none",
    "sources_of",
    "purpose",
    "known",
    "in_language",
    "way",
    "browser",
    "spaced",
    "weekday",
    "went",
)
PORTAL_WORDS = ("choice", "choices", "day", "hours", "iso_day", "moment", "of", "signs", "steps", "tel")
# The doors of every page: who may see them, where they lead, what they say, how they are drawn.
# A phone shows four at once.
DOORS = (
    ("see_day", "day", gettext_noop("Day"), "calendar-days"),
    ("see_patients", "patients", gettext_noop("Patients"), "users-round"),
    ("triage", "queue", gettext_noop("Check-ins"), "inbox"),
    ("see_stock", "stock", gettext_noop("Cartridges"), "package"),
    ("book", "look_again", gettext_noop("Look again"), "user-round-check"),
    ("edit_patient", "enquiries", gettext_noop("Enquiries"), "mail"),
    ("recall", "recall", gettext_noop("Recall"), "ban"),
    ("countersign", "review", gettext_noop("Review"), "signature"),
    ("see_reports", "reports", gettext_noop("Reports"), "chart-line"),
    ("read_record", "record", gettext_noop("Record"), "clipboard-list"),
    ("keep_devices", "devices", gettext_noop("Devices"), "syringe"),
    ("add_member", "members", gettext_noop("Members"), "user-plus"),
)

I18N = "jinja2.ext.i18n"


def _looks(names: str) -> tuple[str, ...]:
    """Return files of the look, in order; each says for itself to which layer it belongs."""
    return tuple(f"clinic/look/{name}.css" for name in names.split())


LOOKS = _looks(
    "tokens base layout rail controls fields status patient tables figure chart day direction print"
)
PORTAL_LOOKS = _looks(
    "tokens base layout controls fields status tables chart direction"
    " portal portal_answer portal_day portal_picture print"
)


def url(name: str, *args: object) -> str:
    """Return the address of a page; one that differs in public ids only is written once."""
    if all(type(each) is UUID for each in args):
        return _frame(name, len(args)).format(*args)
    return reverse(name, args=args)


@cache
def _frame(name: str, places: int) -> str:
    stand_ins = [UUID(int=number + 1) for number in range(places)]
    address = reverse(name, args=stand_ins)
    for place, each in enumerate(stand_ins):
        address = address.replace(str(each), f"{{{place}}}")
    return address


@lru_cache(maxsize=512)
def portal_url(name: str, slug: str, *more: object) -> str:
    """Return the address of a page of a clinic's portal."""
    return reverse(name, args=[slug, *more])


class Parts(Environment):
    """The engine, whose globals are one plain dictionary: a part that is put in looks through them each time."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return what a template knows beside what it is given."""
        return {**self.globals, **d} if d else self.globals


def _environment() -> Environment:
    folder = Path(__file__).resolve().parents[1] / "templates"
    # As in Django's own templates, whatever is put in is escaped, and what is not there shows nothing.
    made = Parts(
        loader=FileSystemLoader(folder), autoescape=True, undefined=ChainableUndefined, extensions=[I18N]
    )
    # Where a sentence of a template is broken into lines says nothing on a screen.
    made.policies["ext.i18n.trimmed"] = True
    made.globals |= {"_": gettext, "gettext": gettext, "ngettext": ngettext}
    made.filters |= {name: getattr(words, name) for name in WORDS}
    made.filters |= {
        "capfirst": capfirst,
        "pluralize": pluralize,
        "truncatechars": truncatechars,
        "linebreaksbr": linebreaksbr,
        "places": floatformat,
        "as_json": json_script,
    }
    made.filters |= {name: getattr(queue_words, name) for name in ("add_to", "clock_seconds", "values_of")}
    made.filters |= {name: getattr(portal, name) for name in PORTAL_WORDS}
    made.filters |= {"level": figure.level, "passes": figure.passes, "of_redness": step_in_words}
    made.globals |= {
        "views": figure.views,
        "all_views": figure.all_views,
        "datamatrix": datamatrix,
        "qr": qr,
        "redness_chart": redness_chart,
        "trend_chart": trend_chart,
        "change_forest": change_forest,
        "changes_over_time": changes_over_time,
        "course_strip": course_strip,
        "steps_of_redness": steps_in_words,
    }
    made.globals |= {"url": url, "doors": DOORS, "looks": LOOKS, "linked_with": linked_with}
    made.globals |= {
        "portal_url": portal_url,
        "portal_looks": PORTAL_LOOKS,
        "filled": portal.filled,
        "pieces": portal.pieces,
        "emergency_of": emergency_of,
        "language_of": language_of,
        "readings": readings,
        "first_language": first_language,
        "worded": scripts.worded,
        "static": cache(static),
    }
    made.auto_reload = False
    return made


PARTS = _environment()


def environment(**_: Any) -> Environment:
    """Return the one engine; the settings name it, so that no view has to know what templates may ask of whom."""
    return PARTS


@register.simple_tag(takes_context=True)
def part(context: Any, name: str) -> SafeString:
    """Show a part with all that the page knows."""
    # The token is made anew whenever it is looked at, and a day has forty forms.
    known = context.flatten() | {"csrf_token": str(context.get("csrf_token", ""))}
    return mark_safe(PARTS.get_template(name).render(known))  # noqa: S308 (Jinja has escaped it)
