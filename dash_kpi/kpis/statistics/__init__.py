"""What a series of one KPI shows: trend, season, what is unusual."""
