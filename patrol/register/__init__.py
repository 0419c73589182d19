"""The tables (Django ORM): the system of record. Holds `log.append` and the keys of collected text."""
