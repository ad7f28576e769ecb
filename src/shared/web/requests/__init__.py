"""How a request is found its route, read strictly, and refused."""
