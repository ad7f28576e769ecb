"""What a project in flight is, what can have happened to it, and the rules that may refuse."""
