"""The emulated Pi: the package installed as README says, its button pressed, and what it kept and played read back."""
