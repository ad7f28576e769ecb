"""How the catalogue is reached over HTTP."""
