"""Projects in flight at the transition: what each one is, how it is categorised, what is at risk."""
