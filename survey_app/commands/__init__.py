"""Commands: thin shells of `survey …` over one function each."""
