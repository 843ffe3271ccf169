//go:build !unix

package server

import "os"

// processAlive reports whether there is such a process.
func processAlive(pid int) bool {
	p, err := os.FindProcess(pid) // fails on Windows if there is none
	if err != nil {
		return false
	}
	p.Release()
	return true
}
