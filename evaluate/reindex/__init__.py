"""What a reindex costs those who search and change products meanwhile."""
