"""The pages of photos."""
