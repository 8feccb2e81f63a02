"""Interprets the rulebook: named facts in, verdicts with reasons and citations out."""
