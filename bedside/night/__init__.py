"""The night: what a press means. Pure: no clock, no files, no threads, no logging."""
