"""Administer: who works with the installation, and with what rights."""
