"""The edge of the exchange: Kamailio (SIP) and rtpengine (media relay), their configuration, control and events."""
