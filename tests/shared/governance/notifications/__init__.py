"""What is told, on which way, and that it was."""
