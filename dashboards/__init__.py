"""Figures for people: questions to the index, coverage from the register, both as tables and drawings."""
