"""A session as its screen shows it."""
