"""Every kind of chart, as plain dicts."""
