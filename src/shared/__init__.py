"""What every room stands on: the record, views, flow, access, and one grammar for HTTP."""
