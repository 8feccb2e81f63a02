"""The stock by lot, and what is recalled."""
