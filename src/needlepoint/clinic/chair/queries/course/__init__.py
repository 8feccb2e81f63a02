"""A course as the rulebook sees it: the case, the advice, the days, the plan, the forecast."""
