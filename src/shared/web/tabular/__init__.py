"""Tables as people send them (CSV of any sort, XLSX, ODS): bounded, read as text, never guessed at."""
