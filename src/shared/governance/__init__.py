"""What a council needs of any service: a scheme, people, disclosure, retention, the audit."""
