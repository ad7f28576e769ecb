"""What may I do now: as `next` says it, over HTTP."""
