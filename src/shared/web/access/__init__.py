"""Who is asking, and what their role may do."""
