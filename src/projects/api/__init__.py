"""How projects in flight are reached over HTTP."""
