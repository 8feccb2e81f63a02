"""Everything that came from a document: sources, cited values, and the strict loader of the knowledge base."""
