"""Every input that ever broke something, with the right answer beside it."""
