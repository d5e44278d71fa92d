"""Recordings of calls: which calls are recorded, what is kept, for how long, who may hear it."""
