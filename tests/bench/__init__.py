"""Speed and size, each beside its floor measured in the same run: python -m tests.bench. Never fails by itself."""
