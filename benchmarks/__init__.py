"""Measure wherefrom against its peers and against its own claims."""
