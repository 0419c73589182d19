"""What may be read and what was read: sources, mandates, runs, and what nobody saw."""
