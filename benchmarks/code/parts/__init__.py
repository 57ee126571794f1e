"""The product, changed a little in many ways."""
