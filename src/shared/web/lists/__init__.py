"""Lists: each is stated once, and searched, narrowed, sorted, counted and paged by the one mechanism."""
