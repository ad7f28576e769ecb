"""The record: every event in order, in the formats of the eventsourcing library, appended in groups."""
