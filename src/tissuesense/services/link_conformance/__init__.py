"""Does a maker's device speak TissueSense Link? One check for each promise of PROTOCOL.md."""
