"""Documents: what shows that something is so, by a link or as a small file that is kept here."""
