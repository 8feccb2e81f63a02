"""Tables of the chair."""
