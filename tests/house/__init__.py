"""The house itself: its API file, its locks, its layout, its manners."""
