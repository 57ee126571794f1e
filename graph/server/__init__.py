"""The embedded server: starting and stopping it, and the process that it runs in."""
