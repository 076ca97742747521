"""Hold the bundled reader: weights, vocabulary, manifest and model card."""
