"""Where a kernel says in what lists it would look; nobody does."""
