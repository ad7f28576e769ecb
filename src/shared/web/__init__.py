"""How anything is reached: callers, commands, lists, tables, batches, jobs."""
