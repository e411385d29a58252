"""The one-machine mode, part by part: `manage.py up` puts them together."""
