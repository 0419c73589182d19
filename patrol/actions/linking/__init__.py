"""Leads that belong together: the same words, the same contact, the same seller; proposed by the machine, confirmed by officers."""
