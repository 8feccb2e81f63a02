"""What a practice reads and signs before its patients meet it: fixed words, and the table of triage."""
