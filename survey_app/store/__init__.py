"""What is kept: tables without logic, the engine, its migrations and its backups."""
