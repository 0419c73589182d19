"""Questions asked of the index, and their answers as charts."""
