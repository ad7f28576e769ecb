"""The operator's commands, each of which is imported only when it is run."""
