"""What programs may ask, read only: JSON, by a token, on record."""
