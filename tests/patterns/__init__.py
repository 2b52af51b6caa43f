"""The patterns: the counting against independent oracles, and what it says of simulated users."""
