"""Text in, leads out. Read `flow.py` first."""
