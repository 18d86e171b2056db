"""How fast the dashboard is, beside what people would use instead; `docs/benchmarks.md` explains the rows."""
