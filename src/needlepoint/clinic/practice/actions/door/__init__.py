"""What is written at the door: who came in, and what was typed and not sent."""
