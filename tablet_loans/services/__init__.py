"""What staff do: plain functions whose first parameter is the session; each write returns a Receipt."""
