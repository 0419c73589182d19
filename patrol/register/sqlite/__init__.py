"""Django's SQLite back-end, with durability asserted and writers taking turns."""
