"""Programs that ask by themselves."""
