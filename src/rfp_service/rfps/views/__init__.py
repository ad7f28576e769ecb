"""What can be seen of RFPs: the board, demand, targets, and needs that are alike."""
