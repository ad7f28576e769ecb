"""What the catalogue is: items, looks into it, synonyms and orders, and what can have happened to them."""
