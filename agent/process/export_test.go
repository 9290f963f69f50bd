package process

// Reap does at once what the Supervisor does on SIGCHLD and every second: a test that must show that nothing happens
// can then look after it.
func (s *Supervisor) Reap() { s.reap() }

// Trees is how many children are not gone yet.
func (s *Supervisor) Trees() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.trees)
}
