"""Clients that others' generators make of the API file, and a journey with each."""
