"""The page Trends: how KPIs move, what is unusual in them, and where they go; a module for each section."""
