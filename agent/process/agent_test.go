package process_test

func agent(args []string) int { return 0 }
