"""What a project waits for, joined from the rooms that know it."""
