"""What can be seen of contracts: the register, the dates' ledger, the rounds."""
