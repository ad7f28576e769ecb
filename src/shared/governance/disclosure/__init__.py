"""What may be shown to whom: sealed until opened, exempt until released; that it exists always shows."""
