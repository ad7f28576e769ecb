"""Specifications of batches."""
