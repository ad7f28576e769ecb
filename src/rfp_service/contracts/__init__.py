"""Contracts: their register, their dates and duties, and the months in which they are looked at."""
