"""The clinic: one Django application in which a practice runs its courses."""
