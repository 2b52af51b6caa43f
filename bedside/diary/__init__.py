"""The diary: what is kept, and the journal that keeps it first."""
