"""A session's geometry: from passes to channels per cm2, depth reached, and the injured share of each skin layer."""
