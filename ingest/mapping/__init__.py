"""From a shop's columns to our fields, as a mapping file says."""
