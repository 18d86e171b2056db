"""Ingest: from a file to a committed revision."""
