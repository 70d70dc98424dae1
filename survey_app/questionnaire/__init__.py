"""What is asked: definitions of questionnaires, read from files and turned into forms."""
