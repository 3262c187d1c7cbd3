"""The only room that talks to Prefect's API: plain HTTP, no import of Prefect, so that the command line stays quick."""
