"""One retryable step each: a task opens nothing, decides nothing, and calls the step of the pass it was given."""
