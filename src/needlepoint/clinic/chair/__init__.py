"""The chair: patient, course, consent, plan, session, cartridge, stock, photo, outcome, adverse event."""
