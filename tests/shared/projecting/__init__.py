"""projecting."""
