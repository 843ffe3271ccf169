//go:build !linux

package report

import "runtime"

// peakMemory is what the Go runtime ever took from the system, in bytes.
func peakMemory() (int64, bool) {
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.Sys), true
}
