"""Tests that talk SIP and RTP with real user agents."""
