"""What the page Trends shows for one answer of `dash_kpi.reporting.trends`."""
