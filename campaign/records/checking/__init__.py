"""What must always hold, as questions whose right answer is "none"."""
