"""One decision over HTTP: who makes it, on which version, under which key, and which may be made next."""
