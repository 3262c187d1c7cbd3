"""One file a way out. A channel sends one message and says what became of it; it never raises and never retries."""
