"""Charts as pure functions: figures in, SVG out. Each is beside a sentence and a table that say the same."""
