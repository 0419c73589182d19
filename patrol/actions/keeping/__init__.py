"""How long things are kept: legal holds, and forgetting with a certificate."""
