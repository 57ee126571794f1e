"""Documents with errors, and who corrects them."""
