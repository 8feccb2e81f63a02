"""A session under the needle, step by step."""
