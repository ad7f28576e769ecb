"""What may be shown to whom."""
