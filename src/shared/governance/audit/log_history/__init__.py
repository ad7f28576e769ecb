"""What befell the log: restores that it survived, and those that were rehearsed."""
