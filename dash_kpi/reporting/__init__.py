"""Reporting: the answers that pages, the command line and the API show."""
