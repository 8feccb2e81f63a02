"""A course and what it asks of others: its device, its place on the list of whoever decides."""
