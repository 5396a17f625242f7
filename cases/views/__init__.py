"""The pages of the record: lists, log, summary, access, retention, statistics."""
