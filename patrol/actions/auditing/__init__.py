"""The access log as auditors read, verify and prune it."""
