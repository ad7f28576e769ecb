"""What can be seen of projects in flight: the register, and what follows from it on a day."""
