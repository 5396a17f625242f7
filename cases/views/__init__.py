"""The pages of the record: lists, log, résumé, and who is let in."""
