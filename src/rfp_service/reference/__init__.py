"""The first page, and a readable reference of the API, served from here alone."""
