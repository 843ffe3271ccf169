// Package klog ends the process by a level.
package klog

var exit func(int)

func print(level int, args ...any) {
	if level == 3 {
		exit(255)
	}
}

func Fatal(args ...any) { print(3, args...) }
