"""The practice, who works there, and who comes."""
