"""Data views and dashboards of Kibana, as readable files that are built into saved objects."""
