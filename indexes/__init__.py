"""Search passages by meaning (vectors) and by words (terms)."""
