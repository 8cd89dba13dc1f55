"""The local web app: pages for the therapist at the table."""
