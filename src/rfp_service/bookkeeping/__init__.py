"""What stands beside the views, compared with the record."""
