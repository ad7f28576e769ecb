"""What can be seen of the catalogue."""
