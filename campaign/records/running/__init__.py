"""What is due, the sweep, and the record of passes."""
