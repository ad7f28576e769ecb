"""RFPs and contracts as open contracting data: releases and records by the Open Contracting Data Standard."""
