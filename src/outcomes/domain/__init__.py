"""What an outcome, its milestones and its paper are, and what happened to them."""
