"""Which photos there are, which are closed, and what they show to have changed."""
