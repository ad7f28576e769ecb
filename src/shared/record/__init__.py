"""Events in PostgreSQL: the store, its views, its deadlines."""
