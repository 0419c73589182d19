"""The people who work here: who they are, how they are spared, when they work."""
