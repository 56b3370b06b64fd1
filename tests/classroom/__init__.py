"""The classroom: what is handed out, what comes back, and what is made of it."""
