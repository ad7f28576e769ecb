"""The demonstration: whatever the day, its year is one that the rules allow."""
