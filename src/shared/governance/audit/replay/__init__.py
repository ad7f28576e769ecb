"""Replaying the record: one decision explained and taken again, one case as a story, two times compared."""
