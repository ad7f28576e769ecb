"""What the specifications are written with: a real PostgreSQL, people, given-when-then."""
