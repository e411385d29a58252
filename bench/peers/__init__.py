"""What Cunbo is measured against: the same work done the usual way, and the bare limit of the tools."""
