"""Thresholds: what people decide about them, and what they would have done."""
