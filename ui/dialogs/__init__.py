"""Small windows over the desk; none of them while somebody scans."""
