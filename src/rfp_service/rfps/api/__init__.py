"""How RFPs are reached over HTTP."""
