"""The threat model told to its readers: a page, a table for a spreadsheet, and data."""
