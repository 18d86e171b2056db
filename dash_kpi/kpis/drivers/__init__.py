"""Why a KPI moved between two spans of days."""
