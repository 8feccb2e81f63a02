"""One view, one thought: load, act or ask once, render."""
