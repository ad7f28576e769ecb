"""How long records are kept whole."""
