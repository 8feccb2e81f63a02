"""Whoever is looked after between visits: check-ins, the queue, messages, alarms, the rota."""
