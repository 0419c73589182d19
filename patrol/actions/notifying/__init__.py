"""What somebody should know of, and who is called when nobody has seen it."""
