"""Cartridges: received, used, recalled."""
