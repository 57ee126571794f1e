"""Questions that readers write: which may be sent, and how the embedded server is asked. Pure."""
