"""The gate: every request passes all of it, whoever asks. One small file for each thing that is asked of a request."""
