"""The one way to the server: connections, transactions in their turn, statements."""
