"""Studies, devices, norms and rules with their sources."""
