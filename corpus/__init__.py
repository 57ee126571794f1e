"""Documents and entities from the outside world, checked at the door."""
