"""Specifications of registers."""
