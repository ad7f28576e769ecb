"""The forms of the paper: HTML, PDF and ODT, each made of the same content."""
