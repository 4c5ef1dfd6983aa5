"""The history of shoppers' events, from files."""
