"""How the service does: health, readiness, alarms, metrics and a line of log for each request."""
