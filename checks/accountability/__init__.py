"""What is written down, what is published, and what people may do with their own record."""
