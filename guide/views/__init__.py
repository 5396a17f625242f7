"""The pages of the card: open guidance, the case walked step by step, and the plan."""
