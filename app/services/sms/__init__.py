"""Short messages: what is said, through which gateway, and the outbox from which they are sent off the request."""
