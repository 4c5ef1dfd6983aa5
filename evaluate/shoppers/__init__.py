"""Made-up shoppers: how fast their events are taken in, and what recommendations to them cost."""
