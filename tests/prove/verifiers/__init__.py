"""Other people's verifiers of transparency logs, run as programs of their own on what this service signs."""
