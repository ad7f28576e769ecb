"""The foundation, part by part."""
