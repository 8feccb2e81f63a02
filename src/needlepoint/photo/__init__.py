"""Photos in, measured change out: which zone changed, by how much, and could it have been seen.

Nothing measured here reaches a rule or a plan. Import the module you need; the heavy libraries load when they are used.
"""

METHOD = "photo 4"  # its number grows whenever the same two photos would give other numbers
