"""The facts that rules read, computed from a case: unknown stays unknown, and what there is not is not applicable."""
