"""Needlepoint: decision support and planning for microneedling practices."""

__version__ = "0.1.0"
