"""What several commands write alike, or what would make a command's file long. No command of its own."""
