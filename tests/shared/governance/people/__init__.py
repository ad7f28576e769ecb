"""Who stands behind an id."""
