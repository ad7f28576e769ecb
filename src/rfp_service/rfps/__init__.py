"""RFPs: a service asks for IT, the market or a supplier answers, and every step in between is decided."""
