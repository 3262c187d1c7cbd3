"""What was handed in, kept so that it holds: files under their hashes, and the package for inspectors."""
