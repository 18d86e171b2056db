"""Formulas of KPIs: text, tree, value."""
