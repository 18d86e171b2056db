"""Judging: what has closed or happened is looked at, and what comes of it is written down."""
