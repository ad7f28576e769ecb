"""The inbox: what waits for somebody, of every kind, from every room."""
