"""The log of live cases as files that other programs for process mining read: OCEL 2.0 and XES."""
