"""The rules, as functions of plain values: no input or output, no clock, no Qt, no base."""
