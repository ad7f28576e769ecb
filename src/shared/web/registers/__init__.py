"""Registers as offices keep them: read without guessing, compared with how things stand, decided on."""
