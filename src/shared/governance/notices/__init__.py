"""Notices: who was told what and when, written once by reactions."""
