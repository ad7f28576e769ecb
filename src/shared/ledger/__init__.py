"""The Merkle log (RFC 6962, C2SP): it knows no HTTP and no room."""
