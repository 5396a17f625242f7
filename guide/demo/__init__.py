"""The demo municipality: made up people and cases, told through the product's own functions."""
