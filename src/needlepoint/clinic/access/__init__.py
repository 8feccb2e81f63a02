"""Who may do what: roles as a table, refusals with a reason."""
