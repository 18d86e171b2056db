"""KPIs: measures, periods, formulas. Plain Python, numpy and pandas; no I/O, no clock."""
