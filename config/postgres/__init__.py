"""Django's PostgreSQL, quicker to recover."""
