"""Recordings of calls: which calls are recorded, what is kept, for how long, and the right to hear it."""
