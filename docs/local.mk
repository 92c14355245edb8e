# Manual pages and examples.
