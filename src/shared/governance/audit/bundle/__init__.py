"""Bundles: a part of the record in one file, which anybody can check without the service or its database."""
