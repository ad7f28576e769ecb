"""What may be asked of the catalogue, and the rules."""
