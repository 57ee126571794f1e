"""Documents from a file or a folder."""
