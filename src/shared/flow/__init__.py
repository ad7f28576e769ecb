"""Flow: where cases wait, on whom, for how long; generic over every source of steps."""
