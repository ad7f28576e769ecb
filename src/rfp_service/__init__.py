"""The roof: the service's doors, its composition, and the rooms for RFPs, the catalogue and contracts."""
