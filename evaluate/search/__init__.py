"""Configurations of search against one another on judged queries."""
