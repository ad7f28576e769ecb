"""How ready the council is for the transition, joined from the rooms that know."""
