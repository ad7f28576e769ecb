"""What an operator meets: faults of the database and of what stands around it, and what tells of them."""
