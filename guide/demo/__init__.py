"""The demo municipality: invented people and cases."""
