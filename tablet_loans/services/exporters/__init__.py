"""What goes out: rows in, files out."""
