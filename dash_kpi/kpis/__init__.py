"""KPIs: measures, periods, formulas. Plain Python and numpy; no I/O, no clock."""
