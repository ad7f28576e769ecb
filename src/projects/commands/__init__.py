"""What may be asked of a project in flight, and the rules that answer."""
