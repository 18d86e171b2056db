"""Telling: who is told what, where, and when again."""
