"""The language model: asked through one port, within deadlines and caps of cost."""
