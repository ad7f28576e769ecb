"""What has changed, for whoever follows the record: ids and kinds, and nothing that they may not see."""
