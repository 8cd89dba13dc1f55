"""What is handed over on paper: one neutral document, rendered as HTML and as PDF."""
