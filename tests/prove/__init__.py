"""What is too long for `make test`: full counts, another PostgreSQL, other people's verifiers."""
