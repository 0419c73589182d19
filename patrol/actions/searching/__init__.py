"""Searching flagged posts, and searches that are kept. Never the people who were not flagged."""
