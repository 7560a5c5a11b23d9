"""The instruments that checks share."""
