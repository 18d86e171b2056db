"""Where a KPI is heading, and how sure that is."""
