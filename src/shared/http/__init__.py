"""One grammar for every route: strict bodies, conditions, readings as of any time, pages, problems."""
