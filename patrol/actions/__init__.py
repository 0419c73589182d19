"""What people may do: permission, act and log record in one transaction. Web and CLI only call these."""
