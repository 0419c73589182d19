"""Pages: read the form, act, answer. No rule of conduct here."""
