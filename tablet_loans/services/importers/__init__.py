"""What comes in: bytes in, rows and problems out."""
