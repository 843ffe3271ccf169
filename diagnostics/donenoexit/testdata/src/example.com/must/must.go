// Package must ends tests that fail.
package must

import "testing"

var fail = (*testing.T).Fatal

// NoError ends the test where there is an error.
func NoError(t *testing.T, err error) {
	if err != nil {
		fail(t, err)
	}
}

// Eq ends the test where two values differ.
func Eq(t *testing.T, a, b any) {
	if a != b {
		fail(t, a, b)
	}
}
