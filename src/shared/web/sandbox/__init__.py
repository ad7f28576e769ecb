"""A child process that reads one stranger's file within limits, so that no file can harm the service."""
