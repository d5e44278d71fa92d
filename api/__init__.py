"""The HTTP API under /api/v1, and the socket that tells web clients what happens."""
