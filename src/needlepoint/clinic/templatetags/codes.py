"""The square code on a label, for templates."""

from __future__ import annotations

from django import template

from needlepoint.clinic.chair.queries.stock.codes import datamatrix

register = template.Library()
register.simple_tag(datamatrix)
