"""What comes from other programs: files read with suspicion, checked whole, stored whole or not at all."""
