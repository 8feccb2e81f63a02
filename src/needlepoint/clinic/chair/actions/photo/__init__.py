"""Photos: taken in, sealed, compared, closed and handed out."""
