"""The installation: set up, healthy, indexed, copied."""
