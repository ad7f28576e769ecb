"""Forms for people, made of the commands that they send, so that none differs from what the API takes."""
