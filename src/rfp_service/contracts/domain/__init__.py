"""What a contract is, when it ends, what has happened to it, and the refusals."""
