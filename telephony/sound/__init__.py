"""What the exchange plays and records, as files."""
