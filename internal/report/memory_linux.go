package report

import "syscall"

// peakMemory is the most memory, in bytes, that the process ever held.
func peakMemory() (int64, bool) {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0, false
	}
	return int64(usage.Maxrss) << 10, true
}
