"""Where things stand in a chart, as plain numbers: parts/chart/ draws them, and no markup is made here."""
