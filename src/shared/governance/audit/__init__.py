"""The record as the scrutiny committee reads it: every decision, generically, with no code per event."""
