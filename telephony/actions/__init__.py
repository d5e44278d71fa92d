"""The only writers of what the administration changes; saving tells the media nodes (`telephony.signals`)."""
