"""Recommenders measured on events that they have not seen: full ranking, every model and baseline side by side."""
