"""The clock, and who carries a run out."""
