"""Our words in templates."""
