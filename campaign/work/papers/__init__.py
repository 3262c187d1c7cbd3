"""Papers: signing, correcting, who they go to, and that they were read."""
