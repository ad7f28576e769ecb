"""Tables as people send them."""
