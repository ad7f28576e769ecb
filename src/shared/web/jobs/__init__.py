"""Jobs: long work that goes on after its request was answered, watched by whoever asked for it."""
