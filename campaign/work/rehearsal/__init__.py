"""Virtual time: rehearsal, preview, demonstration, and the model of how people work."""
