"""Cases: the file that officers work on."""
