"""Comments on a case: what people say of it to one another, and nothing is decided by."""
