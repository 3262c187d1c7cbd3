"""The passes and their steps, what is due, and the sending."""
