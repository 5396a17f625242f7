"""Words that the record's templates need."""
