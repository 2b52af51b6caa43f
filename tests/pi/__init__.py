"""The emulated Pi: the wheel installed as on a device, its button pressed, and what it kept and played read back."""
