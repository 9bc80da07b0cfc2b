"""Documents: facts in, PDF pages out, all in one style."""
