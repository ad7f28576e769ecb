"""Where work waits: bottlenecks of live cases and of imported logs."""
