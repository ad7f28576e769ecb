"""What may be decided on outcomes, milestones, promised data, consultations and papers."""
