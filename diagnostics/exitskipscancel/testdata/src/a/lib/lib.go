package lib

import (
	"log"
	"os"
)

// Die never returns: it ends the process.
func Die(err error) {
	if os.Getenv("QUIET") != "" {
		os.Exit(2)
	}
	log.Fatal(err)
}

// Raise never returns: it panics.
func Raise(err error) { panic(err) }
