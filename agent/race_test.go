//go:build race

package main

// raceFlags build the programs under test like the test itself.
var raceFlags = []string{"-race"}
