"""What a read stands on and how it is answered: position, cursor, page, media type."""
