"""The reference pages, each a function of the knowledge base or of the code."""
