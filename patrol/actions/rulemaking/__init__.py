"""Rules and word lists: written, tried on kept posts, approved by another person, and watched."""
