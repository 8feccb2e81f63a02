"""Messages on their way: what is due, what is worth sending, the ways out, and what comes back."""
