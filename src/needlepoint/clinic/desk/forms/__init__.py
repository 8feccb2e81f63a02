"""What was typed into a page, as plain values."""
