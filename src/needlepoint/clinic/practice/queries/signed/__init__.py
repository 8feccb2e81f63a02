"""What stands signed: fixed words, and the table of triage."""
