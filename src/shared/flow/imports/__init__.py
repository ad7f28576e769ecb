"""Imports: historic logs taken in whole, with a report of every row that could not be."""
