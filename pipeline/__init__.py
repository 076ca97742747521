"""Retrieve, read, cite, verify and decide."""
