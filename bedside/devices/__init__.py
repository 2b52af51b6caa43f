"""The devices: one module each. They report what happens to the inbox and do what they are told."""
