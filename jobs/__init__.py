"""Work on a schedule over what is stored: from events to pairs, trends and profiles, and what must go."""
